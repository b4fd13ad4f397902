extension TipLexicon {
    /// Contrast, concession, time and questions: how clauses bear on each other.
    static let discourseRules: [TipRule] = [
        TipRule(
            .role(.contrast), "but, however, nevertheless, nonetheless, yet it, and yet, until i, edit, update, and now"
        ),
        TipRule(
            .role(.contrast),
            "and today, and then, turns out, turned out, worked until it, until it didnt work, instead"),
        TipRule(.role(.contrast), "until it did, in fact"),
        TipRule(.role(.concession), "although, though, even though, tho, despite, in spite of, while, whereas, altho"),
        TipRule(
            .role(.past), "yesterday, last week, last month, last year, last night, last time, last weekend, previously"
        ),
        TipRule(
            .role(.past), "earlier, ago, once, at first, first time, the first time, originally, initially, before"),
        TipRule(.role(.past), "in the past, back in, last summer, last christmas, a while back, last season, formerly"),
        TipRule(
            .role(.present), "now, today, anymore, any more, currently, right now, tonight, this morning, this time"),
        TipRule(
            .role(.present), "second time, these days, at the moment, this week, any longer, just now, as of today"),
        TipRule(
            .role(.auxiliary), "does, do, did, is, was, has, have, will, can, are, were, could, would it, should i"),
        TipRule(
            .role(.subject),
            "it, its, this, that, thats, these, those, they, he, she, you, i, we, code, coupon, promo, someone"),
        TipRule(
            .role(.subject), "everyone, everybody, somebody, codes, coupons, the code, the coupon, this code, that code"
        ),
        TipRule(
            .role(.subject), "this coupon, the deal, this deal, the promo, this promo, the site, the website, people"),
        TipRule(
            .role(.question),
            "anyone, anybody, has anyone, has anybody, did anyone, did anybody, does anyone, can anyone"),
        TipRule(
            .role(.question),
            "how do, how does, how can, how long, how to, wonder, wondering, curious, isnt this, doesnt this"),
        TipRule(
            .role(.question),
            "is it just me, any idea, any luck, what is, whats, where do, where is, who has, any chance"),
        TipRule(.role(.filler), "for anyone, for anybody, by anyone, anyone else, to anyone, as anyone"),
        TipRule(
            .role(.remainder),
            "everything else, otherwise, other than that, apart from that, all else, anything else, the rest is, rest is fine"
        ),
        TipRule(.role(.filler), "instead of, once and for all, at once"),
        TipRule(.role(.past), "been using, have been using, had been, since forever, till recently"),
        TipRule(.role(.why), "why, how come, why is, why does, why did"),
    ]
}
