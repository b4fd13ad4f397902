import DealHealthTesting
import Testing

@testable import DealHealthCore

/// A log record says after decoding what it said before encoding, or it is refused.
struct LogRecordTests {
    private static let kinds: [LogRecord.Kind] =
        EvidenceSource.allCases.map { .evidence($0) } + [.scoringSettings]

    @Test func ofEveryKindMerchantAndSizeSurvivesItsEncoding() throws {
        var generator = SeededGenerator(seed: 100)
        for kind in Self.kinds {
            for merchantID: Int64? in [nil, 0, 42, -7, .min, .max] {
                for (dealIDBytes, payloadBytes) in [(0, 0), (1, 0), (0, 1), (36, 700), (255, 0), (255, 3)] {
                    let record = DecodedRecord.random(
                        kind: kind, merchantID: merchantID, dealIDBytes: dealIDBytes, payloadBytes: payloadBytes,
                        using: &generator)
                    let bytes = record.encoded
                    #expect(try DecodedRecord(bytes) == record)
                    #expect(bytes.count == LogRecord.size(dealIDBytes: dealIDBytes, payloadBytes: payloadBytes))
                }
            }
        }
    }

    @Test func returnsTheChecksumThatItStores() throws {
        var generator = SeededGenerator(seed: 101)
        let record = DecodedRecord.random(
            kind: .evidence(.communityTip), merchantID: nil, dealIDBytes: 5, payloadBytes: 9, using: &generator)
        var buffer: [UInt8] = []
        let checksum = record.encode(into: &buffer)
        #expect(try buffer.withUnsafeBytes { try StoredRecord($0).checksum } == checksum)
    }

    @Test func appendedAtAnyOffsetLeavesWhatWasThereAndDecodes() throws {
        var generator = SeededGenerator(seed: 102)
        var buffer: [UInt8] = [1, 2, 3]
        var starts: [Int] = []
        let records = (0..<20).map { index in
            DecodedRecord.random(
                kind: Self.kinds[index % 4], merchantID: nil, dealIDBytes: index, payloadBytes: 3 * index,
                using: &generator)
        }
        for record in records {
            starts.append(buffer.count)
            record.encode(into: &buffer)
        }
        #expect(Array(buffer.prefix(3)) == [1, 2, 3])
        for (index, record) in records.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] : buffer.count
            #expect(try DecodedRecord(Array(buffer[starts[index]..<end])) == record)
        }
    }

    @Test func withAnyBitFlippedIsRefused() {
        var generator = SeededGenerator(seed: 103)
        for kind in Self.kinds {
            for merchantID: Int64? in [nil, -1] {
                let record = DecodedRecord.random(
                    kind: kind, merchantID: merchantID, dealIDBytes: 12, payloadBytes: 40, using: &generator)
                let flips = Damage.unnoticedFlips(of: record.encoded, value: record) { try DecodedRecord($0) }
                #expect(flips.isEmpty)
            }
        }
    }

    @Test func cutShortOrLengthenedIsRefused() {
        var generator = SeededGenerator(seed: 104)
        let record = DecodedRecord.random(
            kind: .evidence(.automatedTest), merchantID: 3, dealIDBytes: 30, payloadBytes: 90, using: &generator)
        let bytes = record.encoded
        #expect(Damage.unnoticedTruncations(of: bytes) { try DecodedRecord($0) }.isEmpty)
        #expect(throws: CodecError.self) { try DecodedRecord(bytes + [0]) }
    }

    /// Checksums that match do not make a record: the sizes, the version and the kind are held to the format too.
    @Test func underAGoodChecksumWithWrongHeaderIsRefused() throws {
        var generator = SeededGenerator(seed: 105)
        let record = DecodedRecord.random(
            kind: .evidence(.automatedTest), merchantID: nil, dealIDBytes: 4, payloadBytes: 6, using: &generator)
        let bytes = record.encoded
        for change: (inout [UInt8]) -> Void in [
            { $0[88] = 0 }, { $0[88] = 2 }, { $0[89] = 3 }, { $0[89] = 15 }, { $0[89] = 18 }, { $0[89] = 255 },
            { $0[91] = 5 }, { $0[91] = 255 }, { $0[96] = 5 }, { $0[99] = 255 }, { $0.append(0) }, { $0.removeLast() },
        ] {
            #expect(throws: CodecError.self) { try DecodedRecord(Damage.resealed(bytes, change)) }
        }
        #expect(try DecodedRecord(Damage.resealed(bytes) { _ in }) == record)
    }

    @Test func settingsAsPayloadSurvive() throws {
        var generator = SeededGenerator(seed: 106)
        var settings = ScoringSettings()
        settings.communityTipCap = .infinity
        let change = ScoringChange(configured: ScoringSettings()).changed(to: settings)
        var record = DecodedRecord.random(
            kind: .scoringSettings, merchantID: nil, dealIDBytes: 0, payloadBytes: 0, using: &generator)
        record.payload = change.encoded()
        let decoded = try DecodedRecord(record.encoded)
        #expect(decoded == record)
        #expect(try decoded.payload.withUnsafeBytes { try ScoringChange($0) } == change)
    }

    /// The format on disk: a change here needs a new version, not a new expectation.
    @Test func bytesAreAsPinned() {
        let header = LogRecord(
            kind: .evidence(.communityVerification), lsn: LSN(0x0102_0304_0506_0708), previousPartitionLSN: LSN(0x11),
            previousDealLSN: LSN(0x10), receivedAt: Timestamp(microseconds: 1_795_499_812_123_456),
            time: Timestamp(microseconds: 1_795_499_812_000_000),
            identity: Hash128(low: 0xa1a2_a3a4_a5a6_a7a8, high: 0xb1b2_b3b4_b5b6_b7b8),
            contentHash: 0xc1c2_c3c4_c5c6_c7c8, works: true, hasGivenID: true, mass: 0.75, merchantID: -2,
            scoreBefore: 5_000, scoreAfter: 6_125)
        let record = DecodedRecord(
            header: header, dealID: Array("deal-1".utf8), payload: Array("{}".utf8), previousChecksum: 0xdead_beef)
        let expected = HexBytes.decode(
            """
            1306d4d1 efbeadde 0807060504030201 1100000000000000 1000000000000000 40f37e60ff600600
            00117d60ff600600 a8a7a6a5a4a3a2a1 b8b7b6b5b4b3b2b1 c8c7c6c5c4c3c2c1 000000000000e83f
            feffffffffffffff 01010706 8813 ed17 02000000 6465616c2d31 7b7d
            """)
        #expect(HexBytes.encode(record.encoded) == HexBytes.encode(expected))
    }

    @Test func withoutAPositionStopsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            var generator = SeededGenerator(seed: 107)
            var record = DecodedRecord.random(
                kind: .scoringSettings, merchantID: nil, dealIDBytes: 0, payloadBytes: 0, using: &generator)
            record.header.lsn = .zero
            _ = record.encoded
        }
    }
}
