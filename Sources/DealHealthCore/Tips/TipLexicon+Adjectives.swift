extension TipLexicon {
    /// Words with which people praise and blame anything, in the order of their strength. A tip that has nothing but
    /// these is a weak opinion; beside a state opinion they count as all sentiment does.
    static let adjectiveRules: [TipRule] = [
        TipRule(.role(.filler), "clear your, clear the, clear my, clear cookies, clean your"),
        TipRule(
            .sentiment(50),
            "incredible, outstanding, exceptional, phenomenal, stunning, gorgeous, beautiful, beautifully, impressive"),
        TipRule(
            .sentiment(50),
            "impressed, impresses, blown away, top notch, first rate, second to none, state of the art"),
        TipRule(
            .sentiment(45),
            "loves, favorite, favourite, enjoy, enjoyed, enjoying, delighted, delight, satisfied, satisfying, amazed"),
        TipRule(
            .sentiment(45), "worth it, worth every penny, well worth, worth the money, worth the price, worth buying"),
        TipRule(
            .sentiment(40),
            "better, superior, ideal, handy, convenient, intuitive, reliable, sturdy, durable, elegant, sleek, stylish"),
        TipRule(
            .sentiment(40),
            "fun, cute, attractive, comfortable, affordable, inexpensive, versatile, powerful, flexible, faster"),
        TipRule(
            .sentiment(40),
            "crisp, sharp, vivid, vibrant, bright, clear, clearly, clean, clarity, lightweight, compact, portable"
        ),
        TipRule(
            .sentiment(40),
            "easier, easiest, ease, simple, simpler, simplicity, straightforward, effortless, user friendly, breeze"),
        TipRule(
            .sentiment(35),
            "pretty, liked, likes, i like, positive, advantage, advantages, benefit, improved, improvement, useful"),
        TipRule(
            .sentiment(35),
            "pleasant, pleasure, pleasing, charm, friendly, generous, responsive, accurate, strong, rich"),
        TipRule(
            .sentiment(35),
            "value, wonderfully, extremely well, very well, greatest, high quality, good quality, finest"),
        TipRule(
            .sentiment(45),
            "marvel, marvelous, terrific, fabulous, magnificent, lovely, splendid, wicked, groovy, rocks, killer, gem"),
        TipRule(
            .sentiment(40),
            "well made, well built, well designed, well done, long lasting, hassle free, trouble free, up and running, a plus, a must"
        ),
        TipRule(
            .sentiment(40),
            "nicer, neat, slick, lightning, solidly, incredibly, amazingly, remarkable, remarkably, exciting"),
        TipRule(
            .sentiment(40),
            "enjoyable, entertaining, appealing, spectacular, superbly, excels, efficient, dependable, robust, rugged, joy"
        ),
        TipRule(
            .sentiment(40),
            "thoughtful, classy, bonus, winner, treat, grateful, appreciate, appreciated, worthwhile, worthy, happier, genius"
        ),
        TipRule(
            .sentiment(25),
            "quality, features, lets you, allows you, comes with, replaceable, readable, variety, plenty, upgrade, upgraded"
        ),
        TipRule(
            .sentiment(25), "right price, price is right, good price, sold me, huge, ever owned, ever had, highly, pros"
        ),
        TipRule(
            .sentiment(-50),
            "stinks, stink, hell, crappy, horrendous, horrid, atrocious, appalling, abysmal, dreadful, poorly made, piece of junk"
        ),
        TipRule(
            .sentiment(-50),
            "down the drain, waste of money, sent it back, send it back, returned it, return it, returning it"
        ),
        TipRule(
            .sentiment(-40),
            "dissapointed, dissapointing, disapointed, let down, letdown, unhelpful, clunky, rude, incompetent, forewarned"
        ),
        TipRule(
            .sentiment(-40),
            "hazard, problematic, inconvenience, inconveniences, lag, lags, froze, freezing, locks up, locked up, lock up, skips"
        ),
        TipRule(
            .sentiment(-45),
            "crummy, shoddy, lousy, rotten, miserable, pitiful, laughable, insulting, insult, disgrace, outrageous, cheated"
        ),
        TipRule(
            .sentiment(-40),
            "frustration, annoyance, bothersome, bothers, headache, headaches, troubles, hassles, mistake, unpleasant, painful"
        ),
        TipRule(
            .sentiment(-40),
            "unimpressive, underwhelming, unstable, unsuitable, weird, loose, ruining, ruins, excessive, misled, deceived"
        ),
        TipRule(
            .sentiment(-35),
            "buyer beware, warning, think twice, stay away, steer clear, cons, tedious, hinder, get what you pay for"),
        TipRule(
            .sentiment(-50),
            "unreliable, unacceptable, disgusting, inferior, defective, nightmare, disaster, mess, ruined, ridiculously"
        ),
        TipRule(
            .sentiment(-45),
            "regret, dislike, disliked, dissatisfied, unsatisfied, displeased, upset, irritating, irritated, fed up, pain"
        ),
        TipRule(
            .sentiment(-40),
            "flimsy, cheaply, fragile, ugly, clumsy, bulky, awkward, uncomfortable, inconvenient, cumbersome, sluggish"),
        TipRule(
            .sentiment(-40),
            "slow, slower, noisy, blurry, fuzzy, dim, weak, faulty, flawed, flaw, flaws, buggy, confusing, confused"),
        TipRule(
            .sentiment(-40),
            "difficult, difficulty, hard to, impossible, overpriced, expensive, lacking, lacks, lack, missing"),
        TipRule(
            .sentiment(-40),
            "worse, cheesy, stupid, dumb, silly, mediocre, boring, dull, unresponsive, incompatible, inaccurate"),
        TipRule(
            .sentiment(-35),
            "complain, complained, downside, drawback, drawbacks, negative, negatives, weakness, nuisance, shame"),
        TipRule(
            .sentiment(-35),
            "too big, too small, too slow, too much, too many, too expensive, too short, too long, too hard, too heavy"),
        TipRule(
            .sentiment(-35),
            "wish it, i wish, wish they, wish the, only complaint, only problem, only drawback, only downside, only con"
        ),
    ]
}
