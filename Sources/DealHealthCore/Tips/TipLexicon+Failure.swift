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
        TipRule(.state(-75, 0), "not for me, nothing off, no difference, no change, no savings, zero off"),
        TipRule(.state(-75, 0), "nothing happened, nothing happens, does nothing, did nothing, same price"),
        TipRule(
            .state(-80, 0), "stayed the same, full price still, still full price, charged full price, paid full price"),
        TipRule(.state(-80, 0), "charged me full price, had to pay full price, rang up full price"),
        TipRule(
            .state(-80, 0, .reversal),
            "everyone but me, everybody but me, until yesterday, until today, until now, until recently, until last week, until this morning, up until now, til yesterday, till yesterday, til today, til now, til this morning"
        ),
        TipRule(
            .state(-60, 0), "wish it worked, wish this worked, wish it still worked, nope, nada, dont use, do not use"),
        TipRule(.state(-80, 0), "dont bother, do not bother, dont waste your time, waste of time, waste of my time"),
        TipRule(
            .state(-80, 0), "dont waste, wasted my time, waste your time, thanks for nothing, a joke, rip off, ripoff"),
        TipRule(
            .state(-85, 0),
            "do a thing, do squat, do jack, does squat, a dud, dud, flopped, a flop, busted, a bust"
        ),
        TipRule(
            .state(-80, 0),
            "404, page not found, greyed out, grayed out, no code, no actual code, no real code, isnt a code, not a code"
        ),
        TipRule(
            .state(-80, 0),
            "kicked back, kicked it back, kicked me out, bounced back, spits out, spit it out, spinning, just spins"),
        TipRule(
            .state(-75, 40),
            "disappeared, vanished, disappears, vanishes, fell off, falls off, drops off, was taken off the site"),
        TipRule(
            .state(-80, 40),
            "maximum number of times, max number of times, redemption limit, maximum redemptions, maximum uses, used up, redeemed the maximum number of times, used the maximum number of times"
        ),
        TipRule(
            .state(-80, 0),
            "price is the same, total is the same, price was unchanged, same total, still the same price, price hasnt moved"
        ),
        TipRule(
            .state(-75, 0, .reversal),
            "good til yesterday, good till yesterday, good until yesterday, worked til, worked till, was good til, was good till"
        ),
        TipRule(
            .state(-75, 0),
            "was valid until, was valid till, was valid through, was valid thru, was valid from, was good until, was good through"
        ),
        TipRule(
            .state(-80, 50),
            "referral limit, limit exceeded, exceeded the limit, reached the limit, exceeded its limit, reached its referral limit"
        ),
        TipRule(
            .state(-75, 0),
            "same amount, price never changed, total never changed, no change in price, still the same, came back as, turned away"
        ),
        TipRule(
            .state(-75, 0),
            "no reduction, nothing changed, doesnt do anything, zip, zilch, crickets, rip, r i p, went nowhere, to no avail"
        ),
        TipRule(
            .state(-75, 0),
            "worked for nobody, works for nobody, worked for no one, works for no one, worked for none, works for none"),
        TipRule(
            .state(-70, 0),
            "gave up, giving up, stop posting, please remove, remove this, delete this, take this down, downvoted, downvote"
        ),
        TipRule(
            .role(.filler),
            "gave up hope, almost gave up, nearly gave up, about to give up, downvoted this, getting downvoted"),
        TipRule(
            .state(-70, 0),
            "minutes back, # minutes back, my time back, minutes of my life, my hopes up, for nothing, got my hopes"),
        TipRule(
            .state(-75, 0),
            "clickbait, click bait, hoax, sham, bs, phishing, malware, false advertising, lies, outdated, out of date, old code"
        ),
        TipRule(
            .state(-75, 0),
            "times out, timed out, crashes, crashed, freezes, would be nice if, wouldve been nice, would have been nice"
        ),
        TipRule(.role(.filler), "call bs, calling bs, called bs, cry bs, worth it for nothing"),
        TipRule(
            .state(-75, 50),
            "killed, killed it, shut down, shut it down, nixed, axed, yanked, withdrawn, taken down, pulled the plug, dead link"
        ),
        TipRule(
            .state(-75, 0),
            "no codes left, all taken, been used up, full amount, charged me full, charged full, wont budge, didnt budge"
        ),
        TipRule(
            .state(-70, 0),
            "wasting, wasting my time, took it back, reversed the discount, removed the discount, blocked"),
        // Irony that has become a phrase.
        TipRule(
            .state(-75, 0, .reversal),
            "if by, yeah right, good luck getting, good luck with, good luck using, in your dreams, my ass, said no one"
        ),
        TipRule(
            .state(-75, 0),
            "oh great, oh wonderful, gee thanks, thanks a lot, great job guys, nice try, so generous, how generous, lucky me"
        ),
        TipRule(
            .state(-75, 0),
            "used to be my, used to love, what a joke, what a surprise, big surprise, surprise surprise, shocker, go figure"
        ),
        TipRule(.state(-85, 0), "👎, ❌, ✖, 🚫, ⛔, thumbs down, kaput, defunct, is toast, doa, d o a"),
    ]
}
