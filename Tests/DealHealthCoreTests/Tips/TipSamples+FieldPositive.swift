// Tips written after the first tables, to see how far they reach. Of three such rounds 79 of 90, 74 of 88 and 49 of 53
// were read right at once; then the tables learned what was general in the misses. `knownMisreadings` lists the rest.

extension TipSample {
    /// The deal works, outright or under conditions.
    static let fieldPositive: [TipSample] =
        group(
            "field", .works,
            """
            This one actually worked, got $15 off my $60 order
            Used this at Target and it took off 10 bucks
            worked on 11/20/2026
            Yes! Saved me over 30 dollars. Thank you so much
            Still going strong
            Thank god, finally one that works
            Code worked first try
            Tried it today and it was accepted
            It does work, just make sure to enter it in caps
            Can confirm, works in the US
            I got the discount no questions asked
            Ordered 2 pizzas and got one free
            Never had a coupon not work from here
            everything went through fine
            Success!! $25 off
            couldn't believe it but it worked
            was skeptical but got 30% off
            Good until the end of the month
            it’s working again
            This isn't a scam, I really saved 20 dollars
            the only code that worked for me
            Verified 5 minutes ago, works
            Coupon scanned fine at Kroger
            Don't listen to the others, it works
            No idea why people complain, saved $8
            The code works if anyone is wondering
            I can't believe this worked!
            Wow 40% off thanks
            I'd say it's legit
            works 100%
            Took a couple of tries but got it to work
            No minimum and it stacked with the sale
            Not a single problem using this
            they honored it at my local store
            It did not expire, still valid
            Don't worry, it's not fake
            Got my free drink
            Confirmed working 11/24
            this code never disappoints
            applied automatically at checkout
            Can still use it
            It's real, saved 12 bucks
            worked twice for me
            Nothing wrong with this code, works fine
            Just got 10% off with it
            Wasn't sure it would work but it did
            worked on my second try
            Applied to my Dominos order, saved about eight dollars
            glad I found this, 25% came off right away
            it went thru no prob
            code is fine
            it worked, don't know what everyone is talking about
            Valid till December
            Still active today
            was about to give up but this worked
            finally a code that isn't expired
            thx, it applied instantly
            Got the 15 percent discount
            works for existing customers too
            Worked after I cleared my cookies
            Didn't expect it to work but it did
            """)
        + group(
            "field", .conditional,
            """
            Works on orders of $75 or more
            Valid for first time customers only
            works only in the app
            Works except on Nike products
            Must be a student
            only applies to full priced items
            Doesn't work on sale items but works on everything else
            Works, but you need to be logged in
            15% off if you're a new customer
            valid on select styles
            Requires a subscription
            Not applicable to gift cards
            Works online only
            $50 minimum purchase required
            Works great but excludes electronics
            limit one per customer
            Works for new accounts
            New customers only!
            Minimum order of $35
            Only works if you pay by card
            Valid only in stores
            Not valid with other offers
            need to be a member, then it works
            excludes alcohol
            must spend at least $100
            one time use only, but it works
            Won't work on gift cards
            works for prime members only
            code only works once per account
            Cannot combine with other coupons
            Good for first purchase only
            Not available for existing customers
            works but not on sale items
            works for first time buyers only
            only for orders above 50 euros
            not combinable with other promotions
            must order through the app
            Only good on regular priced merchandise
            can only be used once
            works with $25 minimum
            doesn't work on already discounted items
            """)
}
