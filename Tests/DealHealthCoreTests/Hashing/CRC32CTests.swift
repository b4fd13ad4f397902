import DealHealthCore
import DealHealthTesting
import Testing

/// CRC-32C is the Castagnoli checksum of RFC 3720, however the bytes lie and however they are cut.
struct CRC32CTests {
    /// RFC 3720 §B.4, and the check value of the CRC catalogues.
    private static let published: [(bytes: [UInt8], checksum: UInt32)] = [
        ([UInt8](repeating: 0x00, count: 32), 0x8a91_36aa),
        ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
        ([UInt8](0..<32), 0x46dd_794e),
        ([UInt8]((0..<32).reversed()), 0x113f_db5c),
        ([UInt8]("123456789".utf8), 0xe306_9283),
        ([], 0),
    ]

    @Test func equalsPublishedVectors() {
        for (bytes, checksum) in Self.published {
            #expect(bytes.withUnsafeBytes { CRC32C.checksum($0) } == checksum, "\(bytes)")
        }
    }

    @Test func ofISCSIReadCommandEqualsVector() {
        let command = HexBytes.decode(
            """
            01c00000 00000000 00000000 00000000 14000000 00000400
            00000014 00000018 28000000 00000000 02000000 00000000
            """)
        #expect(command.withUnsafeBytes { CRC32C.checksum($0) } == 0xd996_3a56)
    }

    @Test func atEveryLengthAndAlignmentEqualsBitwiseReference() {
        var generator = SeededGenerator(seed: 0xC2C)
        let bytes = (0..<80).map { _ in UInt8.random(in: 0...255, using: &generator) }
        var wrong: [String] = []
        bytes.withUnsafeBytes { bytes in
            for start in 0..<9 {
                for count in 0...70 {
                    let part = UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
                    if CRC32C.checksum(part) != reference(part) { wrong.append("\(count) bytes at \(start)") }
                }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test func continuedInPartsEqualsWhole() {
        var generator = SeededGenerator(seed: 0xC2D)
        for _ in 0..<300 {
            let count = Int.random(in: 0...400, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            bytes.withUnsafeBytes { bytes in
                var crc: UInt32 = 0
                var start = 0
                while start < count {
                    let end = Int.random(in: start...min(count, start + 40), using: &generator)
                    crc = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), continuing: crc)
                    start = end
                }
                #expect(crc == CRC32C.checksum(bytes))
            }
        }
    }

    @Test func ofNoBytesContinuesUnchanged() {
        let empty = UnsafeRawBufferPointer(start: nil, count: 0)
        #expect(CRC32C.checksum(empty, continuing: 0xdead_beef) == 0xdead_beef)
    }

    /// The definition, one bit at a time: reflected polynomial 0x82f63b78, all ones in, complemented out.
    private func reference(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            for bit in 0..<8 {
                let isOdd = (crc ^ UInt32(byte >> bit)) & 1 == 1
                crc = crc >> 1 ^ (isOdd ? 0x82f6_3b78 : 0)
            }
        }
        return ~crc
    }
}
