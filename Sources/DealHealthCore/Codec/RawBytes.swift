// Little-endian access to unaligned fields: the one place that knows the byte order of the formats.

extension UnsafeRawBufferPointer {
    @inlinable
    func littleEndian<T: FixedWidthInteger>(_ offset: Int, as type: T.Type = T.self) -> T {
        T(littleEndian: loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    @inlinable
    func double(_ offset: Int) -> Double {
        Double(bitPattern: littleEndian(offset))
    }

    /// The part of `count` bytes at `offset`, indexed from 0.
    @inlinable
    public func slice(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[offset..<offset + count])
    }
}

extension UnsafeMutableRawBufferPointer {
    @inlinable
    func store<T: FixedWidthInteger>(_ value: T, at offset: Int) {
        storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
    }

    @inlinable
    func store(_ value: Double, at offset: Int) {
        store(value.bitPattern, at: offset)
    }

    @inlinable
    func copy(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        UnsafeMutableRawBufferPointer(rebasing: self[offset..<offset + bytes.count]).copyMemory(from: bytes)
    }
}

extension [UInt8] {
    /// Appends `count` bytes and hands them to `fill`, zeroed.
    @inlinable
    mutating func appendBytes(_ count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
        let start = self.count
        append(contentsOf: repeatElement(0, count: count))
        withUnsafeMutableBytes { fill(UnsafeMutableRawBufferPointer(rebasing: $0[start..<start + count])) }
    }
}
