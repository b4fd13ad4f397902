extension TipSample {
    /// Tips whose clauses bear on each other, and tips without an opinion.
    static let discourse: [TipSample] =
        group(
            "contrast", .fails,
            """
            worked last week but not today
            Worked yesterday but now it's expired
            It worked for me before but it doesn't work now
            said 20% off but didn't apply
            Looks great but it's a scam
            I wanted to love this but the code is invalid
            worked great until yesterday
            Thought it would work but it didn't
            It says valid but it wasn't accepted
            Great store, but code expired
            EDIT: no longer works
            Although it worked last month, it is dead now
            Supposed to be 20% off, but nothing happened
            It should work but it doesn't
            Worked once, now it says invalid
            Expired. Worked last week.
            Great while it lasted but it has ended
            """)
        + group(
            "contrast", .works,
            """
            thought it was expired but it worked
            Site says expired but it works
            Others say it's dead but it worked for me
            Didn't work at first but then it worked
            Other codes didn't work but this one worked
            works even though it says expired
            Though marked expired, still works
            People say it doesn't work but it does
            Was worried it was fake, but it went through
            Didn't work yesterday, works today
            Everyone says it's expired. It isn't.
            Tried 5 expired codes, finally this one worked
            """)
        + group(
            "ellipsis", .fails,
            """
            It didn't
            mine didn't
            It did not.
            Not for me
            nope
            Not anymore
            """)
        + group(
            "mixed", .works,
            """
            Worked great! Shipping was terrible though.
            Saved $12. The website is awful, but the code is valid
            The app is annoying. Code works.
            """)
        + group(
            "mixed", .fails,
            """
            Love this store! Code is expired unfortunately.
            Nice idea, not working
            Tried it in two browsers, got an error both times. Great customer service though
            """)
        + group(
            "question", .none,
            """
            does this work?
            anyone tried?
            Has anyone used this
            Is it expired?
            Still valid?
            Does this code work for existing customers?
            is this legit?
            Can I use this with other codes?
            Did it work for you?
            not working?
            How do I apply the code?
            Is it expired, or not valid?
            """)
        + group(
            "question", .fails,
            """
            Expired for me. Anyone else?
            Why doesn't it work?
            why is this not working??
            Doesn't work. Does anyone have another code?
            """)
        + group("question", .works, "Worked for me, did it work for you?\nDoes it work? Yes, it works!")
        + group(
            "hypothetical", .none,
            """
            let me know if it works
            hope it works
            Not sure if this code works
            Use it before it expires
            Wondering if it still works
            """)
        + group(
            "irrelevant", .none,
            """
            hello
            I bought blue shoes yesterday
            The store opens at nine
            20% off all shoes
            Use code SAVE20 at checkout
            Expires 12/31
            lorem ipsum dolor sit amet
            Какой сегодня день
            今日は天気がいい
            https://example.com/page?id=3
            12345
            !!!
            ...
            I don't have an account
            Don't forget to enter your email
            They don't ship here
            """)
}
