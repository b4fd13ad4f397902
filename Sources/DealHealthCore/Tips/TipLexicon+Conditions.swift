extension TipLexicon {
    /// Conditions: they do not say that the deal fails, only for whom and when it works.
    static let conditionRules: [TipRule] = amountRules + peopleRules + placeRules + goodsRules + generalRules

    /// How much must be spent or bought, and where the discount ends.
    private static let amountRules: [TipRule] = [
        TipRule(
            .role(.condition, .minimumSpend),
            "minimum, min $, min spend, min order, min purchase, $ min, mininum, minimum of $, min of $, minimum is $"),
        TipRule(
            .role(.condition, .minimumSpend),
            "minimum purchase, minimum order, minimum spend, $ minimum, $ or more, $ and up, $ and over, # minimum"),
        TipRule(
            .role(.condition, .minimumSpend),
            "spend $, orders over, order over, orders above, order above, purchases over, orders of, at least $, spend #"
        ),
        TipRule(
            .role(.condition, .minimumSpend),
            "over $, above $, must spend, have to spend, need to spend, you spend, hit $, reach $, hits $, $ threshold"),
        TipRule(
            .role(.condition, .minimumSpend),
            "on $, orders $, # dollars or more, over # dollars, over # euros, spending $"),
        TipRule(
            .role(.condition, .minimumQuantity),
            "# min order, min #, minimum # items, minimum of # items, # or more, buy #, buy at least, at least #, need # items"
        ),
        TipRule(
            .role(.condition, .minimumQuantity),
            "buy two, buy three, two or more, three or more, buy # or more, min qty"),
        TipRule(
            .role(.condition, .maximumDiscount),
            "max discount, maximum discount, caps at, capped at, caps out at, max $, $ max, maximum $, maximum of $, up to $"
        ),
        TipRule(
            .role(.condition, .maximumDiscount),
            "discount is capped, max savings, max of $, tops out at, not more than $"),
    ]

    /// Whom the deal is for, how often, and what they must have.
    private static let peopleRules: [TipRule] = [
        TipRule(
            .role(.condition, .newCustomers),
            "for new, for new customers, for new users, for new members, for first order, for first time, first timers"),
        TipRule(
            .role(.condition, .newCustomers),
            "new customers only, new users only, new accounts only, new members only, first order only, first orders only"
        ),
        TipRule(
            .role(.condition, .newCustomers),
            "first purchase only, first time buyers, first time customers, first time users, first time shoppers, first time orders"
        ),
        TipRule(
            .role(.condition, .newCustomers), "new customer only, new user only, first time buyer, first time customer"),
        TipRule(
            .role(.restriction, .newCustomers),
            "new customers, new customer, new users, new user, new accounts, new account, new members, first order"),
        TipRule(
            .role(.restriction, .newCustomers), "first purchase, your first, first box, first month, never ordered"),
        TipRule(
            .role(.exclusion, .newCustomers),
            "existing customers, returning customers, existing users, existing members, old customers, existing accounts"
        ),
        TipRule(
            .role(.exclusion, .newCustomers), "existing account, existing customer, current customers, old account"),
        TipRule(
            .role(.condition, .audience),
            "for students, for members, members only, students only, must be a student, must be a member, prime members only"
        ),
        TipRule(
            .role(.condition, .audience),
            "teachers only, military only, seniors only, employees only, nurses only, rewards members only, student only"
        ),
        TipRule(
            .role(.restriction, .audience),
            "members, member, students, student, prime, subscribers, teachers, teacher, military, veterans, seniors"),
        TipRule(
            .role(.restriction, .audience),
            "employees, nurses, first responders, edu email, employee, healthcare workers"),
        TipRule(
            .role(.condition, .singleUse),
            "one time use, one use only, one per, once per, limit one, limit #, be used once, only used once, one use per"
        ),
        TipRule(
            .role(.condition, .singleUse),
            "single use, single use code, once only, 1 use, works only once, only works once"),
        TipRule(
            .role(.condition, .signIn),
            "signed in, logged in, need an account, have to sign up, must sign up, need to sign up, have to sign in, must sign in, to log in"
        ),
        TipRule(
            .role(.condition, .signIn),
            "need to register, must register, have to register, subscribe to, create an account"),
        TipRule(
            .role(.restriction, .signIn),
            "subscription, subscriptions, newsletter, email list, mailing list, sign up for"),
        TipRule(
            .role(.restriction, .payment),
            "paypal, visa, mastercard, amex, debit card, credit card, apple pay, google pay, klarna, afterpay, venmo, by card"
        ),
        TipRule(.role(.restriction, .payment), "store card, chase card, citi card, amex card, discover card, shop pay"),
    ]

    /// Where and when the deal is to be had.
    private static let placeRules: [TipRule] = [
        TipRule(.role(.condition, .appOnly), "app only, in app only, mobile app only, through the app, via the app"),
        TipRule(.role(.restriction, .appOnly), "app, in app, mobile, the app, in the app, mobile app"),
        TipRule(.role(.condition, .onlineOnly), "online only, website only, online orders only, web only"),
        TipRule(.role(.restriction, .onlineOnly), "online, website, online orders, on the website"),
        TipRule(
            .role(.condition, .inStoreOnly), "in store only, store only, in stores only, instore only, in person only"),
        TipRule(.role(.restriction, .inStoreOnly), "store, stores, in store, in stores, in person"),
        TipRule(
            .role(.condition, .region),
            "us only, uk only, usa only, eu only, canada only, participating stores, participating locations"),
        TipRule(
            .role(.condition, .region), "only in the us, only in the uk, only in canada, us residents, uk residents"),
        TipRule(
            .role(.exclusion, .region),
            "outside the us, outside of the us, outside the uk, outside of the uk, outside the usa, outside us"),
        TipRule(.role(.exclusion, .region), "internationally, international orders, outside the eu, overseas"),
        TipRule(.role(.restriction, .region), "in the us, in the uk, uk, usa, in the usa, in the states, stateside"),
        TipRule(
            TipSense(role: .filler, flags: .endDate),
            "expires on, expires #, expires at, ends on, ends #, ends at, ends tonight, ends today, ends tomorrow, expires in"
        ),
        TipRule(
            TipSense(role: .filler, flags: .endDate),
            "ends monday, ends tuesday, ends wednesday, ends thursday, ends friday, ends saturday, ends sunday, ends in"
        ),
    ]

    /// What the deal is for, and what it is not for.
    private static let goodsRules: [TipRule] = [
        TipRule(
            .role(.condition, .exclusion),
            "excludes, exclude, excluding, excluded, exclusions, exclusions apply, some exclusions, with exclusions"),
        TipRule(.role(.limiter, .exclusion), "except, except for, other than, besides, all but"),
        TipRule(
            .role(.exclusion, .excludesSale),
            "sale items, sale item, sale, on sale, clearance, discounted items, markdowns, reduced items, already reduced"
        ),
        TipRule(
            .role(.exclusion, .excludesSale),
            "already discounted, outlet, doorbusters, sale stuff, marked down, clearance items, sales items, final sale"
        ),
        TipRule(
            .role(.restriction, .excludesSale), "full price, full priced, regular price, regular priced, non sale"),
        TipRule(
            .role(.exclusion, .exclusion),
            "gift cards, gift card, giftcards, brands, exclusive brands, some brands, electronics, alcohol, bundles"),
        TipRule(
            .role(.exclusion, .exclusion), "preorders, pre orders, certain brands, new releases, big brands, beauty"),
        TipRule(
            .role(.exclusion, .notCombinable),
            "other offers, other offer, other discounts, other promotions, with other codes, with other coupons"),
        TipRule(.role(.exclusion, .notCombinable), "other promos, with anything else, any other offer"),
        TipRule(
            .role(.condition, .notCombinable, .needsNegation),
            "stack, stacks, stackable, combine, combined, be combined, stacked, combines, stacking"),
        TipRule(
            .role(.condition, .selectedItems),
            "on select, on selected, for select, select items, selected items, certain items, eligible items, some items"
        ),
        TipRule(
            .role(.condition, .selectedItems),
            "most items, select styles, select products, selected styles, qualifying items"),
        TipRule(.role(.restriction, .selectedItems), "certain, selected, specific, some, select, qualifying"),
    ]

    /// Parts that any kind of condition may have.
    private static let generalRules: [TipRule] = [
        TipRule(
            .role(.condition, .other),
            "requires, required, require, restrictions apply, restrictions, conditions, terms apply, conditions apply"),
        TipRule(
            .role(.condition, .other),
            "as long as, provided, limited to, must use, must buy, have to use"
        ),
        TipRule(
            .role(.limiter),
            "if you, if youre, if your, if u, only, unless, solely, exclusively, must, needs, need, need to, needs to, must be, must have, have to be, need to be, you need to, you have to, have to buy"
        ),
        TipRule(
            .role(.restriction),
            "orders, order, purchases, items, item, customers, customer, weekdays, weekends, per, first"),
    ]
}
