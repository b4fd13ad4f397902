/// The numbers from 00 to 99 as text: two digits at a time halve the divisions that writing a number takes.
public enum TwoDigits {
    @inlinable
    static var table: StaticString {
        """
        00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051\
        525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
        """
    }

    /// The two digits of `value`, which MUST be in [0, 99], as bytes in the order of memory.
    @inlinable @inline(__always)
    public static func text(_ value: UInt64) -> UInt16 {
        precondition(value < 100, "two digits hold it")
        return UnsafeRawPointer(table.utf8Start).loadUnaligned(fromByteOffset: Int(value) * 2, as: UInt16.self)
    }
}
