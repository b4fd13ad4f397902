/// A condition or exclusion that a tip states: for whom, on what and until when the deal works.
public struct TipCondition: Sendable, Equatable {
    /// What a condition is about.
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// The order must come to an amount ("min. $50").
        case minimumSpend = 1
        /// So many pieces must be bought ("buy 2 or more").
        case minimumQuantity
        /// The discount ends at an amount ("up to $20 off").
        case maximumDiscount
        /// New customers, or first orders.
        case newCustomers
        /// Another group of people: members, students, teachers.
        case audience
        /// Once for each account, customer or household, or once at all.
        case singleUse
        /// A login, an account or a subscription is needed.
        case signIn
        /// Only in the shop's app.
        case appOnly
        /// Only on the website.
        case onlineOnly
        /// Only in shops.
        case inStoreOnly
        /// Not together with other offers.
        case notCombinable
        /// Not on what is reduced already.
        case excludesSale
        /// Not on some brands or goods.
        case exclusion
        /// Only on some goods.
        case selectedItems
        /// Only in a country or region.
        case region
        /// Only with one way to pay.
        case payment
        /// Until a day.
        case endsOn
        /// A condition that is none of the above.
        case other

        /// The name on the wire, in snake_case.
        public var name: String {
            switch self {
            case .minimumSpend: "minimum_spend"
            case .minimumQuantity: "minimum_quantity"
            case .maximumDiscount: "maximum_discount"
            case .newCustomers: "new_customers"
            case .audience: "audience"
            case .singleUse: "single_use"
            case .signIn: "sign_in"
            case .appOnly: "app_only"
            case .onlineOnly: "online_only"
            case .inStoreOnly: "in_store_only"
            case .notCombinable: "not_combinable"
            case .excludesSale: "excludes_sale"
            case .exclusion: "exclusion"
            case .selectedItems: "selected_items"
            case .region: "region"
            case .payment: "payment"
            case .endsOn: "ends_on"
            case .other: "other"
            }
        }

        /// True if an amount belongs to it.
        var hasAmount: Bool { self == .minimumSpend || self == .minimumQuantity || self == .maximumDiscount }
    }

    /// What it is about.
    public var kind: Kind

    /// The least order in the tip's own currency, the least number of pieces, or the largest discount; nil for other
    /// kinds and where the tip names none.
    public var amount: Double?

    /// The part of the tip that states it, as written, at most `TipCondition.wordsBytesMax` bytes of UTF-8.
    public var words: String

    /// A clause is seldom longer; what is cut is the end of a run-on sentence.
    static let wordsBytesMax = 160
}
