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
        TipRule(.state(60, -80), "active, still active, valid for"),
        TipRule(
            .state(70, -70),
            "been extended, was extended, extended, renewed, refreshed, fixed now, is fixed, got fixed, working again"),
        TipRule(
            .state(0, -75),
            "applicable, qualifies, permitted, supported, recognizes, recognises, honoring, honouring, offered, reflected, reflecting"
        ),
        TipRule(
            .state(75, -80),
            "discount appeared, discount popped up, discount reflected, discount came, discount posted, discount shows, still available"
        ),
        TipRule(
            .state(70, -75),
            "still up, still on, still running, still going, in effect, smooth sailing, without issue, first try"),
        TipRule(.state(60, 60), "unexpired, no expiration, no expiry"),
        TipRule(.state(85, -90), "saved, saved me, saved us, saves me, saves you, saved on"),
        TipRule(
            .state(90, -85),
            "saved $, saved %, saved #, saved me $, saved me %, saved me #, saved over $, saved about $, saved me over $, saved me over #, saved over #"
        ),
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
            .state(0, -80),
            "been added, been issued, been credited, been received, been posted, meet, showing up, show up, stick"),
        TipRule(
            .state(0, -80, .needsAbility),
            "use, used, add, enter, claim, get this, get it, get the code, get the coupon"),
        TipRule(
            .state(70, 0), "just used, used today, used it today, used this today, used successfully, used it twice"),
        TipRule(.state(70, 0), "used it successfully, used it yesterday, used this yesterday, used it just now"),
        TipRule(.state(85, -80), "success, successful, successfully, thumbs up, a success"),
        TipRule(.state(85, 0), "👍, ✅, ✔, 👌, 💯, does the trick, did the trick, works like a charm, worked like a charm"),
        TipRule(
            .state(75, -80),
            "alive, still alive, still kicking, alive and well, code is live, codes live, its live, is live again, reactivated"
        ),
        TipRule(
            .state(80, -80),
            "came through, comes through, pulled through, kicked in, kicks in, showed up at checkout, discount showed"),
        TipRule(
            .state(80, 0),
            "got it to apply, got it to go through, got it through, got this to work, managed to apply, it does, it did work"
        ),
        TipRule(
            .state(80, -80),
            "takes it, took it, takes the code, took the code, took my code, took mine, takes this code, accepts it"),
        TipRule(.state(0, -80), "take it, take the code, take my code, take this code, take mine"),
        TipRule(
            .state(80, -80),
            "total dropped, price dropped from, total went down, price went down, dropped my total, price fell, total fell"
        ),
        TipRule(
            .state(80, -80), "lowered my total, lowered the price, brought it down, brought my total, brought the price"
        ),
        TipRule(
            .state(75, -80),
            "boom, bam, cha ching, ka ching, kaching, voila, jackpot, bingo, no sweat, easy peasy"),
        TipRule(.state(60, -85), "did anything, does anything, did something, does something"),
        TipRule(
            .state(70, -70), "as advertised, as described, as promised, back up, active again, valid again, back again"),
        TipRule(
            .state(70, 0),
            "only paid $, ended up paying $, paid $ instead, paid # instead, got mine for $, got it for $, pleasantly surprised"
        ),
        TipRule(
            .state(70, -70),
            "can vouch, used it # times, used this # times, used it multiple times, used it again, no complaints"),
        TipRule(
            TipSense(role: .state, affirmed: 60, negated: -80, flags: .endDate),
            "good until, good till, good til, good thru, good through, valid until, valid till, valid til, valid through, valid thru"
        ),
        TipRule(
            TipSense(role: .state, affirmed: 80, negated: -90, flags: .endDate),
            "works until, works till, works til, works through, works thru, runs until, runs through, active until, live until"
        ),
        TipRule(TipSense(role: .gain, affirmed: 85, negated: -85), "shaved, slashed, chopped, lopped, saving"),
        TipRule(TipSense(role: .gain, affirmed: 85, negated: -85), "got, took, knocked, received, scored, getting"),
        TipRule(TipSense(role: .gain, affirmed: 60, negated: -85), "gave, gives, takes, gets, knocks"),
        TipRule(TipSense(role: .gain, affirmed: 0, negated: -85), "get, give, take, receive, see, seeing"),
        TipRule(TipSense(role: .payoff, negated: -80), "discount, discounts, savings, price drop, price reduction"),
        TipRule(TipSense(role: .payoff), "off, back, free, cashback, free shipping, for free, refund, rebate, deal"),
    ]
}
