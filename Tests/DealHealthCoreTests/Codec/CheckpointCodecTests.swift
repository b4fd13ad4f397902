import DealHealthTesting
import Testing

@testable import DealHealthCore

/// What a checkpoint is made of says after decoding what it said before, or is refused.
struct CheckpointCodecTests {
    /// A deal with its id, as a value that can be compared.
    private struct Deal: Equatable {
        var state: DealState
        var dealID: [UInt8]

        init(state: DealState, dealID: [UInt8]) {
            self.state = state
            self.dealID = dealID
        }

        init(_ bytes: [UInt8]) throws {
            self = try bytes.withUnsafeBytes { buffer in
                let entry = try DealEntry.decode(buffer)
                return Deal(state: entry.state, dealID: Array(entry.dealID))
            }
        }

        var encoded: [UInt8] {
            var buffer: [UInt8] = []
            dealID.withUnsafeBytes { _ = DealEntry.encode(state, dealID: $0, into: &buffer) }
            return buffer
        }
    }

    // MARK: deals

    @Test func dealSurvivesItsEncoding() throws {
        var generator = SeededGenerator(seed: 200)
        for merchantID: Int64? in [nil, 0, 1, -1, .min, .max] {
            for dealIDBytes in [0, 1, 36, 255] {
                let deal = Self.deal(merchantID: merchantID, dealIDBytes: dealIDBytes, using: &generator)
                let bytes = deal.encoded
                #expect(try Deal(bytes) == deal)
                #expect(bytes.count == 128 + dealIDBytes)
            }
        }
    }

    @Test func freshDealSurvivesItsEncoding() throws {
        let deal = Deal(state: DealState(), dealID: Array("new".utf8))
        #expect(try Deal(deal.encoded) == deal)
    }

    @Test func dealAppendedToABufferSaysItsSizeAndChecksum() throws {
        var generator = SeededGenerator(seed: 201)
        let deal = Self.deal(merchantID: 9, dealIDBytes: 7, using: &generator)
        var buffer: [UInt8] = [9, 9, 9]
        let size = deal.dealID.withUnsafeBytes { DealEntry.encode(deal.state, dealID: $0, into: &buffer) }
        #expect(Array(buffer.suffix(size)) == deal.encoded)
        #expect(Array(buffer.prefix(3)) == [9, 9, 9])
        let stored = buffer.suffix(size).withUnsafeBytes { DealEntry.checksum(of: $0) }
        #expect(stored == buffer.suffix(size - 4).withUnsafeBytes { CRC32C.checksum($0) })
        #expect(DealEntry.checksum(of: UnsafeRawBufferPointer(start: nil, count: 0)) == 0)
    }

    @Test func dealWithAnyBitFlippedOrCutShortIsRefused() {
        var generator = SeededGenerator(seed: 202)
        for merchantID: Int64? in [nil, 5] {
            let deal = Self.deal(merchantID: merchantID, dealIDBytes: 20, using: &generator)
            #expect(Damage.unnoticedFlips(of: deal.encoded, value: deal) { try Deal($0) }.isEmpty)
            #expect(Damage.unnoticedTruncations(of: deal.encoded) { try Deal($0) }.isEmpty)
        }
    }

    @Test func dealOfAnotherVersionOrLongerIDThanItsBytesIsRefused() {
        var generator = SeededGenerator(seed: 203)
        let bytes = Self.deal(merchantID: 1, dealIDBytes: 3, using: &generator).encoded
        for change: (inout [UInt8]) -> Void in [
            { $0[4] = 0 }, { $0[4] = 1 }, { $0[4] = 3 }, { $0[6] = 4 }, { $0[6] = 255 }, { $0[7] = 5 },
        ] {
            #expect(throws: CodecError.self) { try Deal(Damage.resealed(bytes, change)) }
        }
    }

    /// The format leaves room behind the deal id for what later versions add.
    @Test func dealWithMoreBehindItsIDDecodes() throws {
        var generator = SeededGenerator(seed: 204)
        let deal = Self.deal(merchantID: nil, dealIDBytes: 3, using: &generator)
        #expect(try Deal(Damage.resealed(deal.encoded) { $0 += [UInt8](repeating: 7, count: 24) }) == deal)
    }

    /// The format on disk: a change here needs a new version, not a new expectation.
    @Test func dealBytesAreAsPinned() {
        var state = DealState()
        state.referenceTime = Timestamp(microseconds: 1_795_499_812_123_456)
        state.automatedTest = Evidence(positive: 1.5, negative: 0.25, squares: 2)
        state.communityVerification = Evidence(positive: 0.125, negative: 0, squares: 0.0625)
        state.communityTip = Evidence(positive: 0, negative: 3, squares: 1)
        state.merchantID = -2
        state.eventCount = 9
        state.lastLSN = LSN(0x0102_0304_0506_0708)
        state.forecast = ForecastState(word: 0xd1d2_d3d4_d5d6_d7d8)
        state.isAlarmArmed = false
        state.status = .failing
        state.statusMinute = 0x01c2_c3c4
        state.prior = 7_125
        let bytes = Deal(state: state, dealID: Array("deal-1".utf8)).encoded
        let expected = HexBytes.decode(
            """
            0f9b7ec2 02030603 0807060504030201 40f37e60ff600600 feffffffffffffff 0900000000000000
            000000000000f83f 000000000000d03f 0000000000000040 000000000000c03f 0000000000000000
            000000000000b03f 0000000000000000 0000000000000840 000000000000f03f
            d8d7d6d5d4d3d2d1 c4c3c201 d51b 0000 6465616c2d31
            """)
        #expect(HexBytes.encode(bytes) == HexBytes.encode(expected))
    }

    // MARK: partitions

    @Test func partitionCheckpointSurvivesItsEncoding() throws {
        var generator = SeededGenerator(seed: 205)
        var checkpoints: [PartitionCheckpoint] = [.empty]
        for _ in 0..<200 {
            let position = generator.next()
            checkpoints.append(
                PartitionCheckpoint(
                    position: LSN(position), lastLSN: LSN(.random(in: 0...position, using: &generator)),
                    dealCount: generator.next(), entrySum: generator.next()))
        }
        for checkpoint in checkpoints {
            #expect(try Self.checkpoint(checkpoint.encoded()) == checkpoint)
            #expect(checkpoint.encoded().count == 44)
        }
    }

    @Test func partitionCheckpointDamagedIsRefused() {
        let checkpoint = PartitionCheckpoint(position: LSN(900), lastLSN: LSN(880), dealCount: 12, entrySum: 1 << 40)
        let bytes = checkpoint.encoded()
        #expect(Damage.unnoticedFlips(of: bytes, value: checkpoint, decode: Self.checkpoint).isEmpty)
        #expect(Damage.unnoticedTruncations(of: bytes, decode: Self.checkpoint).isEmpty)
        #expect(throws: CodecError.self) { try Self.checkpoint(bytes + [0]) }
    }

    @Test func partitionCheckpointOfAnotherVersionOrWithLastPastPositionIsRefused() {
        let checkpoint = PartitionCheckpoint(position: LSN(7), lastLSN: LSN(7), dealCount: 1, entrySum: 1)
        for change: (inout [UInt8]) -> Void in [{ $0[4] = 2 }, { $0[7] = 1 }, { $0[16] = 8 }] {
            let bytes = Damage.resealed(checkpoint.encoded(), change)
            #expect(throws: CodecError.self) { try Self.checkpoint(bytes) }
        }
    }

    @Test func partitionCheckpointBytesAreAsPinned() {
        let checkpoint = PartitionCheckpoint(
            position: LSN(0x0102_0304_0506_0708), lastLSN: LSN(0x11), dealCount: 3, entrySum: 0xa1a2_a3a4_a5a6_a7a8)
        let expected = HexBytes.decode(
            """
            8cf65285 01000000 0807060504030201 1100000000000000 0300000000000000 a8a7a6a5a4a3a2a1 00000000
            """)
        #expect(HexBytes.encode(checkpoint.encoded()) == HexBytes.encode(expected))
    }

    /// A deal with every field drawn from its whole range.
    private static func deal(
        merchantID: Int64?, dealIDBytes: Int, using generator: inout SeededGenerator
    ) -> Deal {
        var state = DealState()
        state.referenceTime = Timestamp(microseconds: Int64(truncatingIfNeeded: generator.next()))
        for source in EvidenceSource.allCases {
            state[source] = Evidence(
                positive: .random(in: 0...1_000, using: &generator), negative: .random(in: 0...1, using: &generator),
                squares: .random(in: 0...1e-300, using: &generator))
        }
        state.merchantID = merchantID
        state.eventCount = generator.next()
        state.lastLSN = LSN(generator.next())
        state.forecast = ForecastState(word: generator.next())
        state.isAlarmArmed = .random(using: &generator)
        state.status = DealStatus(code: .random(in: 0...4, using: &generator)) ?? .unknown
        state.statusMinute = .random(in: 0...(.max), using: &generator)
        state.prior = Bool.random(using: &generator) ? .random(in: 0...10_000, using: &generator) : nil
        return Deal(state: state, dealID: (0..<dealIDBytes).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    private static func checkpoint(_ bytes: [UInt8]) throws -> PartitionCheckpoint {
        try bytes.withUnsafeBytes { try PartitionCheckpoint($0) }
    }
}
