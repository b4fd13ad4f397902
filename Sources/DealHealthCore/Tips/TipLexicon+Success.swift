extension TipLexicon {
    /// Opinions that the deal works. Values: 90 = it was used and paid off, 80 = it works, 60 = it should be fine.
    /// A bare verb ("apply", "get") says nothing affirmed and a failure when negated.
    static let successRules: [TipRule] = [
        TipRule(.state(80, -90), "works, working, workin, wrks, werks, worls, functional"),
        TipRule(.state(85, -90), "worked, wrked, worked out"),
        TipRule(.state(60, -90), "work, function, functioning"),
        TipRule(
            .state(80, -90),
            "valid, vaild, legit, legitimate, is live, still live, still going strong, is good, still good, good to go"),
        TipRule(.state(60, -80), "active, still active, valid until, valid till, valid through, valid thru, valid for"),
        TipRule(.state(60, 60), "unexpired, no expiration, no expiry"),
        TipRule(.state(85, -90), "saved, saved me, saved us, saves me, saves you, saved on"),
        TipRule(
            .state(90, -85),
            "saved $, saved %, saved #, saved me $, saved me %, saved me #, saved over $, saved about $"),
        TipRule(.state(0, -85), "save, save me"),
        TipRule(.state(85, -90), "applied, accepted, honored, honoured, deducted, credited, discounted, redeemed"),
        TipRule(.state(50, -85), "applies, accepts, takes off, took off, comes off"),
        TipRule(
            .state(0, -85),
            "apply, accept, redeem, honor, honour, recognize, recognise, go through, go thru, going through"),
        TipRule(
            .state(0, -85), "applying, accepting, redeeming, recognizing, recognising, do anything, exist, activate"),
        TipRule(.state(40, -90), "recognized, recognised"),
        TipRule(
            .state(85, -85),
            "went thru, goes thru, went through, gone through, goes through, came off, taken off, price dropped"),
        TipRule(.state(0, -80), "scan, scanning, exists"),
        TipRule(.state(70, -80), "scanned, can still use, can still be used"),
        TipRule(.state(70, -75), "reduced, activated, functions"),
        TipRule(
            .state(0, -60), "change, changed, eligible, qualify, combinable, let me, let us, allow, allowed, correct"),
        TipRule(.state(0, -75), "found, available, happen, happened, happens, usable, redeemable"),
        TipRule(
            .state(0, -80, .needsAbility),
            "use, used, add, enter, claim, get this, get it, get the code, get the coupon"),
        TipRule(
            .state(70, 0), "just used, used today, used it today, used this today, used successfully, used it twice"),
        TipRule(.state(70, 0), "used it successfully, used it yesterday, used this yesterday, used it just now"),
        TipRule(.state(85, -80), "success, successful, successfully, thumbs up, a success"),
        TipRule(.state(85, 0), "👍, ✅, ✔, 👌, 💯, does the trick, did the trick, works like a charm, worked like a charm"),
        TipRule(TipSense(role: .gain, affirmed: 85, negated: -85), "got, took, knocked, received, scored, getting"),
        TipRule(TipSense(role: .gain, affirmed: 60, negated: -85), "gave, gives, takes, gets, knocks"),
        TipRule(TipSense(role: .gain, affirmed: 0, negated: -85), "get, give, take, receive, see, seeing"),
        TipRule(TipSense(role: .payoff, negated: -80), "discount, discounts, savings, price drop, price reduction"),
        TipRule(TipSense(role: .payoff), "off, back, free, cashback, free shipping, for free, refund, rebate, deal"),
    ]
}
