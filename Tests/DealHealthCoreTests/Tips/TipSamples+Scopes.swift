extension TipSample {
    /// Negation, hedges and conditions.
    static let scopes: [TipSample] =
        group(
            "negated success", .fails,
            """
            doesn't work
            doesn’t work
            doesnt work
            Does not work
            not working
            Not valid
            code not recognised
            code not recognized
            no longer works
            stopped working
            can't use
            Can’t use this code
            didn't apply
            It didn't take anything off
            Never worked for me
            could not get it to work
            I don't think it works
            I don't think this promo code still works
            Nothing works
            None of these work
            unable to redeem
            failed to apply
            won't accept the code
            The site wouldn't let me use it
            no discount
            Did not get the discount
            not valid or working
            doesn't seem to work
            hardly ever works
            not working great
            No it doesn't work
            It isn't valid anymore
            doesn't work anymore
            dosent work
            price didn't change
            Code could not be found, not found
            used to work
            Used to be valid
            it doesn´t work
            """)
        + group(
            "negated failure", .works,
            """
            not expired
            never fails
            no problem
            No problems at all
            isn't dead
            isn’t expired
            Not a scam
            had no issues with this one
            worked without any problem
            I don't think it's expired
            it's not invalid
            didn't have any trouble
            No errors, nothing wrong
            never had an issue, always works
            """)
        + group(
            "hedge", .works,
            """
            maybe works
            should work
            seems to work
            I think it works
            probably still valid
            worked sometimes
            """)
        + group(
            "hedge", .fails,
            """
            might be expired
            probably expired
            I think it's dead
            looks like it expired, not working
            """)
        + group(
            "condition", .conditional,
            """
            only for new customers
            minimum $50
            Min. $50
            excludes sale items
            app only
            works only on full price
            Works but only for new customers
            Valid for orders over $40
            Works if you use the app
            not valid on sale items
            Doesn't work on clearance
            Cannot be combined with other offers
            You need to spend $30
            First order only
            worked, min spend $25
            Worked for students only
            One time use
            does not apply to gift cards
            In-store only
            Works as long as you buy two
            """)
        + group(
            "condition absent", .works,
            """
            works, no minimum
            No minimum, no exclusions, works great
            """)
}
