extension TipLexicon {
    /// General sentiment. It never overrules a state opinion: "great store, but the code is expired".
    static let sentimentRules: [TipRule] = [
        TipRule(
            .sentiment(60), "confirmed, verified, can confirm, success story, highly recommend, recommended, 10/10"),
        TipRule(
            .sentiment(50), "perfect, excellent, amazing, awesome, fantastic, wonderful, brilliant, superb, flawless"),
        TipRule(
            .sentiment(50), "cant go wrong, cant beat, cant complain, couldnt be easier, couldnt be happier, no brainer"
        ),
        TipRule(
            .sentiment(40),
            "great, love, loved, loving, happy, easy, easily, recommend, helpful, helped, thrilled, pleased"),
        TipRule(.sentiment(40), "yes, yep, yup, yeah, yay, woohoo, smooth, smoothly, seamless, seamlessly, glad, 🎉, 🙌"),
        TipRule(
            .sentiment(35), "good, nice, nicely, best, sweet, fine, ok, okay, cool, decent, solid, well, bargain, steal"
        ),
        TipRule(
            .sentiment(30),
            "thanks, thank you, thank, thx, ty, cheers, wow, real, genuine, quick, 😀, 😊, 😍, ❤, 🔥, 💰, 🤑, 🥳, 💸, 👏, 🙏, :)"),
        TipRule(.sentiment(-60), "useless, worthless, misleading, junk, garbage, trash, pointless, deceptive"),
        TipRule(
            .sentiment(-50), "sucks, sucked, disappointed, disappointing, disappointment, avoid, beware, crap, spam"),
        TipRule(
            .sentiment(-40), "terrible, awful, horrible, hate, hated, worst, frustrating, frustrated, annoying, annoyed"
        ),
        TipRule(
            .sentiment(-40), "unfortunately, sadly, lame, pathetic, ridiculous, badly, poorly, wrong, not worth it"),
        TipRule(
            .sentiment(-35),
            "disappoint, disappoints, too good to be true, bad, poor, sad, sorry, unhappy, angry, meh, waste, complaint, complaints, 😡, 😞, 😢, 😠, 🙄, 😤, 💀, 🗑, 😒, 😕, 🤬, 😭, :("
        ),
    ]
}
