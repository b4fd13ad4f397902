import DealHealthTesting
import Testing

@testable import DealHealthCore

/// A deal's partition follows from Redis Cluster's hash slot of its id, and never changes.
struct PartitionTests {
    /// `CLUSTER KEYSLOT` of redis-server 7, started with `--cluster-enabled yes`.
    private static let redisSlots: [(dealID: String, slot: Int)] = [
        ("a", 15_495), ("foo", 12_182), ("z", 8_157), ("123456789", 12_739), ("00000000", 9_913),
        ("deal-1", 13_462), ("deal-42", 4_223), ("promo-2026-summer", 10_531),
        ("0b6f1d7e-6a52-4a4f-9d0e-3f1f6c1f2a11", 9_778), ("SAVE20", 13_334), ("FREESHIP", 4_107),
        ("BLACKFRIDAY", 12_921), ("https://shop.example/coupons/42", 1_628), ("spaced id", 7_918),
        ("Grüße", 8_844), ("割引", 7_569), ("🎟️", 8_437), ("{", 4_092), ("}", 12_090), ("{}", 15_257),
        ("x{}y", 16_116), (String(repeating: "d", count: 255), 7_233),
    ]

    @Test(arguments: [("123456789", UInt16(0x31c3)), ("", 0), ("A", 0x58e5)])
    func crc16EqualsXMODEM(text: String, expected: UInt16) {
        #expect(Array(text.utf8).withUnsafeBytes { CRC16.checksum($0) } == expected)
    }

    @Test func crc16OfRandomBytesEqualsBitwiseReference() {
        var generator = SeededGenerator(seed: 16)
        for count in 0..<100 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            var expected: UInt16 = 0
            for byte in bytes {
                for bit in (0..<8).reversed() {
                    let isHigh = (expected >> 15 ^ UInt16(byte >> bit & 1)) == 1
                    expected = expected << 1 ^ (isHigh ? 0x1021 : 0)
                }
            }
            #expect(bytes.withUnsafeBytes { CRC16.checksum($0) } == expected)
        }
    }

    @Test func ofDealIDIsRedisSlotBy256() {
        for (dealID, slot) in Self.redisSlots {
            Array(dealID.utf8).withUnsafeBytes { bytes in
                #expect(Int(CRC16.checksum(bytes)) % Partition.slotCount == slot, "\(dealID)")
                #expect(Partition(dealID: bytes).index == slot / 256, "\(dealID)")
            }
        }
    }

    @Test func ofManyDealIDsAreAllUsedEvenly() {
        var counts = [Int](repeating: 0, count: Partition.count)
        for number in 0..<12_800 {
            counts[Array("deal-\(number)".utf8).withUnsafeBytes { Partition(dealID: $0) }.index] += 1
        }
        #expect(counts.allSatisfy { (100...300).contains($0) }, "200 each, give or take half: \(counts)")
    }

    @Test func orderIsOrderOfIndex() {
        #expect(Partition(index: 3) < Partition(index: 4))
        #expect(!(Partition(index: 63) < Partition(index: 63)))
    }

    @Test func outOfRangeStopsTheProgram() async {
        await #expect(processExitsWith: .failure) { _ = Partition(index: 64) }
    }
}
