extension TipLexicon {
    /// Conditions: they do not say that the deal fails, only for whom and when it works.
    static let conditionRules: [TipRule] = [
        TipRule(
            .role(.condition),
            "minimum, min $, min # order, min spend, min order, min purchase, $ min, # min order, mininum"),
        TipRule(
            .role(.condition), "minimum purchase, minimum order, minimum spend, requires, required, require, $ minimum"),
        TipRule(
            .role(.condition),
            "excludes, exclude, excluding, excluded, exclusions, exclusions apply, restrictions apply"),
        TipRule(
            .role(.condition),
            "restrictions, conditions, terms apply, conditions apply, some exclusions, with exclusions"),
        TipRule(
            .role(.condition),
            "for new, for new customers, for new users, for new members, for first order, for first time, $ or more"),
        TipRule(
            .role(.condition),
            "for students, for members, members only, students only, new customers only, app only, in app only"),
        TipRule(
            .role(.condition),
            "first order only, first purchase only, one time use, one use only, one per, once per, limit one"),
        TipRule(
            .role(.condition),
            "limit #, spend $, orders over, order over, orders above, purchases over, orders of, at least $"),
        TipRule(
            .role(.condition),
            "over $, above $, as long as, provided, limited to, must be, must have, must use, must spend, must buy"),
        TipRule(
            .role(.condition),
            "have to spend, need to spend, have to use, have to be, need to be, have to buy, you need to, you have to"),
        TipRule(
            .role(.condition),
            "on select, on selected, for select, be used once, only used once, one use per, select items, selected items, certain items, eligible items, some items, most items"
        ),
        TipRule(
            .role(.condition),
            "online only, in store only, store only, us only, uk only, participating stores, participating locations"),
        TipRule(
            .role(.limiter),
            "if you, if youre, if your, if u, only, except, except for, unless, other than, besides, solely, exclusively, must, needs, need"
        ),
        TipRule(
            .role(.restriction),
            "app, in app, store, stores, in store, online, new customers, new customer, new users, new user"),
        TipRule(
            .role(.restriction),
            "new accounts, new account, new members, members, member, students, student, first order"),
        TipRule(.role(.restriction), "first purchase, full price, full priced, regular price, regular priced, prime"),
        TipRule(
            .role(.restriction),
            "orders, order, purchases, items, item, customers, customer, subscribers, mobile, website"),
        TipRule(
            .role(.restriction),
            "subscription, subscriptions, weekdays, weekends, per, first, certain, selected, specific, some"),
        TipRule(
            .role(.exclusion),
            "sale items, sale item, sale, on sale, clearance, gift cards, gift card, giftcards, discounted items"),
        TipRule(
            .role(.exclusion),
            "existing customers, returning customers, existing users, existing members, old customers"),
        TipRule(.role(.exclusion), "other offers, other offer, other discounts, other promotions, with other codes"),
        TipRule(
            .role(.exclusion),
            "with other coupons, outlet, brands, exclusive brands, some brands, electronics, alcohol, doorbusters"),
        TipRule(
            .role(.exclusion),
            "markdowns, reduced items, already reduced, already discounted, bundles, preorders, pre orders"),
        TipRule(
            TipSense(role: .condition, negated: 1), "stack, stacks, stackable, combine, combined, be combined, stacked"),
    ]
}
