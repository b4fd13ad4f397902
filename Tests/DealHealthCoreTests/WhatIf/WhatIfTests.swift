import DealHealthTesting
import Testing

@testable import DealHealthCore

struct ForecastQualityTests {
    @Test func figuresAreThoseWorkedOutByHand() {
        var quality = ForecastQuality()
        for (forecast, works) in [(0.9, true), (0.8, false), (0.3, true), (0.1, false)] {
            quality.add(forecast, works: works)
        }
        #expect(isClose(quality.brierScore, (0.01 + 0.64 + 0.49 + 0.01) / 4))
        #expect(isClose(quality.logLoss, 0.756_032_937, relative: 1e-8))
        // Of four pairs of a success and a failure three are in order.
        #expect(quality.areaUnderCurve == 0.75)
        #expect(isClose(quality.calibrationError, (0.1 + 0.8 + 0.7 + 0.1) / 4))
    }

    @Test func surestForecastThatFailsCostsMuchAndNotInfinitelyMuch() {
        var quality = ForecastQuality()
        quality.add(1, works: false)
        #expect(quality.logLoss.isFinite && quality.logLoss > 10 && quality.areaUnderCurve == nil)
    }
}

/// A log folded twice.
struct WhatIfTests {
    /// The records that an engine would have written of these events, alarms included.
    private static func log(_ events: [(deal: String, event: ScoredEvent)]) -> [(LogRecord, [UInt8])] {
        var states: [String: DealState] = [:]
        var records: [(LogRecord, [UInt8])] = []
        var lsn = LSN(1)
        func record(_ kind: LogRecord.Kind, _ event: ScoredEvent, mass: Double) -> LogRecord {
            lsn = lsn.successor
            return LogRecord(
                kind: kind, lsn: lsn, previousPartitionLSN: .zero, previousDealLSN: .zero, receivedAt: event.time,
                time: event.time, identity: Hash128(low: 0, high: 0), contentHash: 0, works: event.works,
                hasGivenID: false, mass: mass, merchantID: nil, scoreBefore: 0, scoreAfter: 0)
        }
        for (deal, event) in events {
            let before = states[deal] ?? DealState()
            var after = before
            let settings = ScoringSettings()
            let isAlarming = after.apply(
                source: event.source, works: event.works, mass: event.mass, time: event.time, merchantID: nil,
                lsn: LSN(lsn.value + 1), settings: settings)
            if isAlarming {
                let alarm = record(.alarm, event, mass: settings.alarmEvidenceShare)
                records.append((alarm, Array(deal.utf8)))
                after = before
                after.replay(alarm, settings: settings)
                let next = record(.evidence(event.source), event, mass: event.mass)
                after.replay(next, settings: settings)
                records.append((next, Array(deal.utf8)))
            } else {
                records.append((record(.evidence(event.source), event, mass: event.mass), Array(deal.utf8)))
            }
            states[deal] = after
        }
        return records
    }

    private static func fold(
        _ records: [(LogRecord, [UInt8])], _ overrides: @escaping @Sendable (inout ScoringSettings) -> Void
    ) throws -> WhatIf {
        var whatIf = WhatIf(ScoringSettings(), overrides: overrides)
        for (record, dealID) in records {
            try dealID.withUnsafeBytes {
                try whatIf.fold(record, dealID: $0, payload: UnsafeRawBufferPointer(start: nil, count: 0))
            }
        }
        return whatIf
    }

    private static var events: [(deal: String, event: ScoredEvent)] {
        var generator = SeededGenerator(seed: 900)
        return (0..<40).flatMap { day in
            (0..<10).map { deal in
                let works = (day < 10 + 2 * deal) == (Double.random(in: 0..<1, using: &generator) > 0.1)
                return (
                    "deal-\(deal)",
                    ScoredEvent(.automatedTest, works: works, at: ScoredEvent.epoch.after(days: Double(day)))
                )
            }
        }
    }

    /// The alarms that it raises anew are those of the log.
    @Test func sameSettingsMakeTheSame() throws {
        let whatIf = try Self.fold(Self.log(Self.events)) { _ in }
        #expect(whatIf.asWas.alarmCount >= 8 && whatIf.whatIf.alarmCount == whatIf.asWas.alarmCount)
        #expect(whatIf.changes(atLeast: 1e-9).isEmpty)
        #expect(whatIf.whatIf.forecast.brierScore == whatIf.asWas.forecast.brierScore)
        #expect(whatIf.asWas.forecast.count == 390, "the first test of a deal is forecast by nobody")
    }

    @Test func otherSettingsChangeWhatTheyAreAbout() throws {
        let records = Self.log(Self.events)
        let quiet = try Self.fold(records) { $0.alarmEvidenceShare = 1 }
        #expect(quiet.whatIf.alarmCount == 0 && quiet.whatIf.score.brierScore > quiet.asWas.score.brierScore)
        #expect(quiet.whatIf.forecast.brierScore == quiet.asWas.forecast.brierScore)
        let restless = try Self.fold(records) { $0.deathRatePerDay = 1 }
        #expect(restless.whatIf.forecast.brierScore > restless.asWas.forecast.brierScore)
        let changes = restless.changes(atLeast: 1)
        #expect(
            !changes.isEmpty
                && zip(changes, changes.dropFirst()).allSatisfy {

                    max(abs($0.points), abs($0.forecastPoints)) >= max(abs($1.points), abs($1.forecastPoints))

                })
    }
}
