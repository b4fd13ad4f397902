// Written with `TipSamples+FieldPositive.swift`; see there.

extension TipSample {
    /// The deal does not work, or nothing is said about it.
    static let fieldNegative: [TipSample] =
        group(
            "field", .fails,
            """
            It would not let me apply the code
            Code not accepted at checkout
            The promo code you entered is invalid
            "This coupon has expired" is what I get
            Doesn't take anything off the total
            Nothing comes off the price
            tried on three different items, no discount applied
            I entered the code and the total stayed the same
            Not honored in store
            the coupon isn't recognized by the site
            Keeps saying code is not valid
            Doesnt work, dont waste your time
            Was told by the cashier it's no longer accepted
            Stopped working yesterday
            cannot get this to work on anything
            Tried and tried, it never worked
            None of these codes are working
            I tried to use this but it is expired
            does not exist
            worked in the past, not any more
            Was working this morning, now it's dead
            I really hoped it would work but no
            doesn't work with my order
            it doesn't work and neither does the other one
            It used to work like a charm
            Says "enter a valid code"
            didn't work for me
            Cashier refused to scan it
            They wouldn't honor it
            I don't know why people say it works, it doesn't
            bad code
            not a working code
            They removed this offer
            can't be used anymore
            it hasn't worked since Monday
            no it's expired
            Worked for everyone but me
            Scam!! do not buy
            Coupon not scanning at the register
            "Sorry, this promotion has ended"
            link is broken
            Page not found
            code maxed out already
            code has reached its usage limit
            Couldn't find where to enter it, and when I did it was rejected
            wouldn't scan
            Only got an error
            the cashier said they don't accept it
            No longer valid as of 11/1
            Unfortunately the code doesn't work anymore
            tried it & it failed
            Doesn't give 20% off
            it's not letting me apply it
            This no longer exists
            Wish I could say it works but it doesn't
            Was excited, but got declined
            it isn't active
            Did not receive any discount
            I never got my discount
            Neither code works
            nobody can get it to work
            Code won't work :(
            not working 😡
            it doesn't seem like it's valid anymore
            coupon code does not apply to my cart
            cant get the discount
            I'm getting an invalid code message
            Codes like this never work
            stopped being valid in June
            too good to be true
            spent an hour on this and it is bogus
            they discontinued this
            won't go through
            coupon was declined
            expired yesterday
            ended last night
            not active yet
            not a valid promotion
            the offer isn't available anymore
            just tried, invalid
            never got the 20% off
            this isn't working for me, says error
            deal is dead, price is back to normal
            promo code has reached its limit
            this coupon isn't any good
            Did nothing to my total
            it was working last month, not anymore
            wouldn't take the code
            It just doesn't
            says coupon is not eligible
            wasn't able to apply
            Not working in Canada
            """)
        + group(
            "field", .none,
            """
            When does this expire?
            What's the minimum?
            I ordered a jacket for my son
            Would this work on shoes?
            Free shipping over the holidays
            Has anybody gotten this to work
            Copy the code and paste it at checkout
            My order arrived late
            Please let me know if this still works
            Going to try this tonight
            Not sure whether it is still valid
            can someone confirm it works
            Visit the website to claim
            Get 20% off your first box
            who else is going to try it
            what store is this for
            Is the code case sensitive?
            need a code for shoes please
            I work at Target
            My valid passport is in the drawer?
            is there a limit
            thinking about buying it
            I will report back
            where do I enter it
            Has this been tested?
            I need this to work
            what about returning customers?
            I love pizza?
            Sign up for the newsletter
            Delivery took two days
            Ends Sunday
            """)
}
