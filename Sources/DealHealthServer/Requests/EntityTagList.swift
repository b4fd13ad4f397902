/// The value of `If-None-Match` or `If-Match` (RFC 9110 §13.1): `*`, or entity tags separated by commas.
enum EntityTagList {
    /// Whether `list` is `*`, which every representation matches, or has a tag whose opaque part, the quotation marks included, is
    /// `opaque`, by weak comparison (§8.8.3.2). What follows something that is no tag counts for nothing. O(bytes in the list).
    static func matches(_ list: UnsafeRawBufferPointer, _ opaque: UnsafeRawBufferPointer) -> Bool {
        var rest = list[...].drop(while: isSeparator)
        if rest.first == UInt8(ascii: "*") { return rest.dropFirst().allSatisfy(isSeparator) }
        while let tag = nextTag(&rest) {
            if tag.elementsEqual(opaque) { return true }
        }
        return false
    }

    /// Takes the first tag off `rest`, and what separates it from the next; its opaque part. Nil when there is none.
    private static func nextTag(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer>? {
        let quote = UInt8(ascii: "\"")
        if rest.starts(with: "W/".utf8) { rest = rest.dropFirst(2) }
        guard rest.first == quote, let end = rest.dropFirst().firstIndex(of: quote) else { return nil }
        let tag = rest[...end]
        rest = rest[(end + 1)...]
        if let next = rest.first, !isSeparator(next) { return nil }
        rest = rest.drop(while: isSeparator)
        return tag
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
