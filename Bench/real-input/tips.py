"""The texts of the community tips: written by hand for this bench, in the language of coupons."""

POSITIVE = [
    "Worked at the self checkout this morning.",
    "Just used it, discount came off right away.",
    "Still valid, scanned fine today.",
    "Code accepted, saved a bit on my usual order.",
    "Applied without any trouble.",
    "It works, you need to buy the listed size.",
    "Stacked with the store sale and both came off.",
    "Cashier had to type it in but it went through.",
    "No issues at all, thanks for posting.",
    "Can confirm, good on the whole range.",
    "Tried twice, went through both times.",
    "Not expired yet, used mine an hour ago.",
    "Thought it was dead but it still works.",
    "worked 4 me, app version",
]

NEGATIVE = [
    "Expired. Code not valid.",
    "Did not work at checkout.",
    "Rejected at the register, says the offer has ended.",
    "Tried it three times, no discount.",
    "Dead since yesterday.",
    "Coupon not recognised, waste of time.",
    "The machine beeped and would not take it.",
    "Not working any more, please remove.",
    "Says invalid even with the right items in the cart.",
    "Used to work, now it is declined.",
    "Cashier told me it ran out last week.",
    "No luck, total stayed the same.",
    "Not accepted at my store, great job guys.",
    "doesnt work, dont bother",
]

NEUTRAL = [
    "Does anyone know if this stacks with the loyalty card?",
    "Only one per household.",
    "Which sizes does it cover?",
    "Got it in the mail with the weekly flyer.",
    "Limit is two items I think.",
    "Is this for the app or the paper coupon?",
    "Same offer as last spring.",
    "Have not tried it yet.",
    "Worked for my neighbour, not for me.",
    "Reminder to check the date printed on it.",
    "Will try it on the weekend and report back.",
    "Store brand is not included.",
]

# How people type: as written, without capitals, or with more marks than needed.
STYLES = [
    lambda text: text,
    str.lower,
    lambda text: text.rstrip(".") + "!!",
]
