import DealHealthTesting
import Testing

@testable import DealHealthCore

/// Scoring settings say after decoding what they said before, or are refused.
///
/// They carry no checksum of their own: they are the payload of a record, whose checksum covers them.
struct ScoringSettingsCodecTests {
    @Test func defaultsSurviveWithTheirInfiniteCap() throws {
        let settings = ScoringSettings()
        #expect(settings.automatedTestCap == .infinity)
        #expect(try Self.decode(settings.encoded()) == settings)
    }

    @Test func randomSettingsSurvive() throws {
        var generator = SeededGenerator(seed: 400)
        for _ in 0..<200 {
            let settings = ScoringSettings.random(using: &generator)
            #expect(try Self.decode(settings.encoded()) == settings)
        }
    }

    @Test func allCapsInfiniteSurvive() throws {
        var settings = ScoringSettings()
        settings.communityVerificationCap = .infinity
        settings.communityTipCap = .infinity
        #expect(try Self.decode(settings.encoded()) == settings)
    }

    @Test func cutShortIsRefused() {
        let change = ScoringChange(configured: ScoringSettings())
        let decode: ([UInt8]) throws -> ScoringChange = { try $0.withUnsafeBytes { try ScoringChange($0) } }
        // Short of the earliest form, and of nine parameters twice.
        for count in 0..<change.encoded().count where count != 72 && (count < 144 || count % 16 != 0) {
            #expect(throws: CodecError.self) { try decode(Array(change.encoded().prefix(count))) }
        }
    }

    /// A version that knew nine parameters wrote them once; the rest have their defaults.
    @Test func earliestFormDecodes() throws {
        var settings = ScoringSettings()
        settings.decayRatePerDay = 0.3
        let bytes = Array(settings.encoded().prefix(72))
        let change = try bytes.withUnsafeBytes { try ScoringChange($0) }
        #expect(change == ScoringChange(configured: settings))
    }

    /// Later versions may add parameters at the end.
    @Test func withMoreAtTheEndDecodes() throws {
        let bytes = ScoringSettings().encoded() + [UInt8](repeating: 0xff, count: 8)
        let change = try (bytes + bytes).withUnsafeBytes { try ScoringChange($0) }
        #expect(change == ScoringChange(configured: ScoringSettings()))
    }

    @Test func outOfRangeIsRefused() {
        for change: (inout ScoringSettings) -> Void in [
            { $0.decayRatePerDay = 0 }, { $0.automatedTestWeight = .nan }, { $0.communityTipCap = 0 },
            { $0.priorStrength = .infinity }, { $0.baseRate = -0.1 },
        ] {
            var settings = ScoringSettings()
            change(&settings)
            #expect(throws: CodecError.self) { try Self.decode(settings.encoded()) }
        }
    }

    /// As the payload of a record, every flipped bit is noticed.
    @Test func inARecordWithAnyBitFlippedAreRefused() throws {
        var generator = SeededGenerator(seed: 401)
        let settings = ScoringSettings.random(using: &generator)
        var record = DecodedRecord.random(
            kind: .scoringSettings, merchantID: nil, dealIDBytes: 0, payloadBytes: 0, using: &generator)
        record.payload = settings.encoded()
        let flips = Damage.unnoticedFlips(of: record.encoded, value: settings) { bytes in
            try Self.decode(DecodedRecord(bytes).payload)
        }
        #expect(flips.isEmpty)
    }

    @Test func bytesAreAsPinned() {
        let expected = HexBytes.decode(
            """
            9a9999999999b93f 333333333333e33f 333333333333d33f 9a9999999999b93f 000000000000f07f
            0000000000003440 0000000000002440 000000000000f03f 000000000000e03f
            ba490c022b87963f 9a9999999999993f 0000000000000040 9a9999999999d93f 9a9999999999b93f
            0000000000001440
            """)
        #expect(HexBytes.encode(ScoringSettings().encoded()) == HexBytes.encode(expected))
    }

    private static func decode(_ bytes: [UInt8]) throws -> ScoringSettings {
        try bytes.withUnsafeBytes { try ScoringSettings($0) }
    }
}
