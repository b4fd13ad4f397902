extension TipLexicon {
    /// Opinions that the deal does not work. Values: -90 = said outright, -60 = a symptom that has other causes too.
    static let failureRules: [TipRule] = [
        TipRule(.state(-90, 75), "expired, expierd, expried, exspired, is expired, has expired, lapsed, dead, ded"),
        TipRule(.state(0, 60), "expire, expiring, run out"),
        TipRule(.role(.filler), "expires, expiration, expiry, expiration date, expires soon, dead easy"),
        TipRule(.state(-90, 75), "invalid, invaild, fake, scam, bogus, fraud, phony, bait and switch, a lie"),
        TipRule(.state(-90, 80), "fail, fails, failed, failing, fails every time, failed miserably"),
        TipRule(.state(-85, 60), "inactive, deactivated, disabled, discontinued, void, voided, revoked, unsuccessful"),
        TipRule(.state(-85, 60), "ended, rejected, declined, denied, broken, unusable, unrecognized, unrecognised"),
        TipRule(.state(-75, 0), "enter a valid, is not a valid, bad code, wrong code, not currently valid"),
        TipRule(.state(-80, 70), "error, errors, error message, error at checkout, ineligible, nonexistent"),
        TipRule(
            .state(-60, 70),
            "problem, problems, prob, probs, issue, issues, trouble, hassle, hitch, glitches, unavailable"),
        TipRule(.state(-60, 40), "cancelled, canceled, refused, refuses, removed, pulled, out of stock, sold out, oos"),
        TipRule(
            .state(-70, 60), "is gone, was gone, its gone, all gone, deal gone, is over, was over, its over, ran out"),
        TipRule(.role(.filler), "is over $, is over #, was over $, is over %"),
        TipRule(
            .state(-80, 50),
            "maxed out, usage limit, reached its limit, limit reached, limit has been reached, fully redeemed, fully claimed"
        ),
        TipRule(
            .state(-75, 40), "already used, already been used, already redeemed, already been redeemed, already claimed"
        ),
        TipRule(
            .state(-85, 0),
            "not today, not now, not anymore, not any more, not this time, no more, not lately, no bueno"),
        TipRule(
            .state(-80, 0), "no luck, no dice, no go, no good, no joy, no dice here, no effect, no worky, zero luck"),
        TipRule(.state(-75, 0), "not for me, nothing off, no difference, no change, no savings, $0 off, zero off"),
        TipRule(.state(-75, 0), "nothing happened, nothing happens, does nothing, did nothing, same price"),
        TipRule(
            .state(-80, 0), "stayed the same, full price still, still full price, charged full price, paid full price"),
        TipRule(.state(-80, 0), "charged me full price, had to pay full price, rang up full price"),
        TipRule(
            .state(-80, 0, .reversal),
            "everyone but me, everybody but me, until yesterday, until today, until now, until recently, until last week, until this morning, up until now"
        ),
        TipRule(
            .state(-60, 0), "wish it worked, wish this worked, wish it still worked, nope, nada, dont use, do not use"),
        TipRule(.state(-80, 0), "dont bother, do not bother, dont waste your time, waste of time, waste of my time"),
        TipRule(
            .state(-80, 0), "dont waste, wasted my time, waste your time, thanks for nothing, a joke, rip off, ripoff"),
        TipRule(.state(-85, 0), "👎, ❌, ✖, 🚫, ⛔, thumbs down, kaput, defunct, is toast, doa, d o a"),
    ]
}
