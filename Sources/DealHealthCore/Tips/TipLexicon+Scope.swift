extension TipLexicon {
    /// Negators, intensifiers, hedges and what makes an opinion hypothetical.
    static let scopeRules: [TipRule] = [
        TipRule(
            .negator(-65, .verbal), "doesnt, didnt, wont, dosent, dosnt, doesent, didint, does not, did not, will not"),
        TipRule(
            .negator(-60, .verbal), "dont, do not, hasnt, havent, has not, have not, didn t, doesn t, don t, wouldnt"),
        TipRule(.negator(-60, .verbal), "would not, will never, did nt, does nt, never did, never does"),
        TipRule(
            .negator(0, .verbal), "isnt, wasnt, arent, is not, was not, are not, werent, aint, isn t, its not, hadnt"),
        TipRule(.negator(-60, [.verbal, .ability]), "cant, cannot, can not, couldnt, could not, can t, couldn t"),
        TipRule(
            .negator(-70, .ability), "unable to, unable, was unable to, not able to, wasnt able to, wouldnt let me"),
        TipRule(.negator(-70, .ability), "wont let me, would not let me, doesnt let me, will not let me, didnt let me"),
        TipRule(.negator(-80), "failed to, fails to, refused to, refuses to, fail to, failing to"),
        TipRule(.negator(-60), "nothing, neither, zero"),
        TipRule(.negator(0), "not, never, none, nobody, noone, no one, nor, hardly, barely, without"),
        TipRule(.negator(0), "used to, not even, doesnt even, nothing is, far from, lack of"),
        TipRule(.negator(0, .present), "no longer, stopped, quit, ceased, has stopped, is no longer, any longer not"),
        TipRule(.negator(-40, .determiner), "no, nah"),
        TipRule(.role(.alternative), "or"),
        TipRule(.role(.conjunction), "and, so, because, since, cause, cuz, bc, then, which, when, n, plus, also"),
        TipRule(
            .role(.filler), "not only, not just, nothing but, no doubt, dont worry, no worries, dont know why, or not"),
        TipRule(
            .role(.filler), "why not, dont miss, dont forget, do not forget, dont hesitate, dont need, do not need"),
        TipRule(
            .role(.filler),
            "need this to work, need it to work, i work at, i work for, i work in, cant believe, couldnt believe, if anyone, in case anyone, dont listen"
        ),
        TipRule(
            .role(.filler),
            "thanks for sharing, thanks for posting, thanks for letting, thanks for the, thank you for sharing, thank you for posting"
        ),
        TipRule(
            .role(.filler),
            "thanks in advance, thanks anyway, thanks for trying, thank you for the, thx for sharing, ty for posting"),
        TipRule(.role(.filler), "dont have to, no need, didnt have to, didnt need, dont wait, get used to, no thanks"),
        TipRule(
            .role(.filler), "for, me, us, at, all, even, in, on, either, to, with, the, my, too, yet, here, mine, there"
        ),
        TipRule(.role(.filler), "at work, for work, from work, my work, my working, work from home, at all, after all"),
        TipRule(
            .role(.filler),
            "only one that, only code that, the only one, the only code, only one, only code, only coupon"),
        TipRule(
            .role(.intensifier), "very, really, totally, completely, absolutely, definitely, always, still, instantly"),
        TipRule(
            .role(.intensifier),
            "100%, perfectly, immediately, flawlessly, every time, like a charm, like magic, a charm"),
        TipRule(
            .role(.intensifier),
            "just, actually, certainly, truly, super, so far so good, no matter what, finally, wonders"),
        TipRule(
            .hedge(40), "maybe, might, may, perhaps, possibly, sometimes, not sure, dont know, idk, no idea, unsure"),
        TipRule(
            .hedge(40), "im not sure, hit or miss, hit and miss, not always, doubt it, doubtful, could be, supposedly"),
        TipRule(
            .hedge(60), "probably, seems, seem, seemed, looks like, appears, think, guess, suppose, should, mostly"),
        TipRule(.hedge(60), "believe, apparently, likely, kind of, kinda, sort of, usually, feel like, would"),
        TipRule(.hedge(85), "says, said, saying, told, tells, telling, claims, shows, showing, states, stating"),
        TipRule(.hedge(30), "thought, assumed, figured, expected, worried, afraid, feared, suspected, supposed to"),
        TipRule(
            .hedge(30), "marked as, listed as, marked, reported as, others say, people say, people said, everyone says"),
        TipRule(
            .hedge(25), "others, other codes, other code, other coupons, other ones, the other, other one"),
        TipRule(
            .hedge(25), "another code, all other codes, the others, most codes, unlike, tried others, other people"),
        TipRule(
            .role(.hypothetical),
            "if, if you get, if you can get, if you got, whether, hope, hoping, hopefully, before it, until it, in case, wish, when it"
        ),
        TipRule(
            .role(.hypothetical),
            "will try, ill try, gonna try, going to try, about to try, will test, well test, ill use, will use, let me know, let us know"
        ),
        TipRule(
            .role(.hypothetical),
            "will update, will report, ill report, ill update, would be great if, planning to, waiting to, plan to"),
        TipRule(
            .role(.hypothetical), "until they, before they, before this, unless it, once it, want to see if, check if"),
    ]
}
