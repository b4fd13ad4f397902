import DealHealthCore
import Testing

@Suite struct TipConditionTests {
    /// The conditions of a text as "kind" or "kind=amount", in the order of the text.
    private func conditions(_ text: String) -> [String] {
        TipRules.read(text).conditions.map { condition in
            condition.amount.map { "\(condition.kind.name)=\($0)" } ?? condition.kind.name
        }
    }

    @Test(arguments: [
        ("Min. $50", ["minimum_spend=50.0"]),
        ("Works on orders of $75.50 or more", ["minimum_spend=75.5"]),
        ("Minimum order: $1,200", ["minimum_spend=1200.0"]),
        ("works over 80€", ["minimum_spend=80.0"]),
        ("There is a minimum", ["minimum_spend"]),
        ("buy 3 or more, then it works", ["minimum_quantity=3.0"]),
        ("up to $20 off, worked", ["maximum_discount=20.0"]),
        ("Worked for first time customers only", ["new_customers"]),
        ("Not valid for existing customers", ["new_customers"]),
        ("students only", ["audience"]),
        ("One per household", ["single_use"]),
        ("You must be logged in", ["sign_in"]),
        ("App only", ["app_only"]),
        ("works online only", ["online_only"]),
        ("In-store only", ["in_store_only"]),
        ("Cannot be combined with other offers", ["not_combinable"]),
        ("Doesn't work on clearance", ["excludes_sale"]),
        ("Works except on shoes", ["exclusion"]),
        ("Only on selected items", ["selected_items"]),
        ("US only, works", ["region"]),
        ("only if you pay with PayPal", ["payment"]),
        ("Valid until Friday", ["ends_on"]),
        ("Expires 12/31", ["ends_on"]),
        ("Requires a voucher", ["other"]),
        ("Min $40, app only, new customers only", ["minimum_spend=40.0", "app_only", "new_customers"]),
    ])
    func areFound(text: String, expected: [String]) {
        #expect(conditions(text) == expected)
    }

    @Test(arguments: [
        "works", "expired", "Does it work on sale items?", "works, no minimum", "the app is nice",
        "it stacked with the sale",
        "took $20 off", "", "Is there a minimum?",
    ])
    func areNotFoundWhereNoneIsStated(text: String) {
        #expect(conditions(text) == [])
    }

    @Test func wordsAreTheClauseAsWritten() {
        let words = { (text: String) in TipRules.read(text).conditions.map(\.words) }
        #expect(words("Great!  Only for NEW customers, min $50.") == ["Only for NEW customers", "min $50"])
        #expect(words("À partir de 30 € d’achat, ok") == ["À partir de 30 € d’achat"])
    }

    @Test func wordsAreCutAtACharacter() throws {
        let text = "Min $50 " + String(repeating: "é", count: 200)
        let words = try #require(TipRules.read(text).conditions.first).words
        #expect(words.utf8.count <= 160 && words.utf8.count >= 158)
        #expect(text.hasPrefix(words))
    }

    @Test func theJudgementIsThatOfJudge() throws {
        let texts =
            try TipSample.all.map(\.text) + LabelledTip.Half.allCases.flatMap { try LabelledTip.rows($0).map(\.text) }
        for text in texts { #expect(TipRules.read(text).judgement == TipRules.judge(text), "\(text)") }
    }
}
