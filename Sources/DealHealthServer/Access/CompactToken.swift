import DealHealthCore

/// A token taken apart: `header.payload.signature`, each in base64url (RFC 7515 §7.1). Borrows the bytes.
struct CompactToken {
    private let headerText: Slice<UnsafeRawBufferPointer>
    private let payloadText: Slice<UnsafeRawBufferPointer>
    private let signatureText: Slice<UnsafeRawBufferPointer>
    /// What the signature is of: everything before the last dot, as it stands there.
    let signingInput: UnsafeRawBufferPointer

    /// Finds the parts; throws when they are not three.
    init(_ token: UnsafeRawBufferPointer) throws(TokenFault) {
        let dot = UInt8(ascii: ".")
        guard let first = token.firstIndex(of: dot), let last = token.lastIndex(of: dot), first < last,
            token[(first + 1)..<last].firstIndex(of: dot) == nil
        else { throw .malformed }
        headerText = token[..<first]
        payloadText = token[(first + 1)..<last]
        signatureText = token[(last + 1)...]
        signingInput = UnsafeRawBufferPointer(rebasing: token[..<last])
    }

    func header() throws(TokenFault) -> JSONObject {
        guard headerText.count <= ServerLimits.tokenHeaderBytesMax else { throw .tooLong }
        return try Self.object(headerText)
    }

    func payload() throws(TokenFault) -> JSONObject {
        try Self.object(payloadText)
    }

    func signature() throws(TokenFault) -> [UInt8] {
        guard let bytes = Base64URL.decode(signatureText) else { throw .malformed }
        return bytes
    }

    private static func object(_ text: Slice<UnsafeRawBufferPointer>) throws(TokenFault) -> JSONObject {
        guard let bytes = Base64URL.decode(text), let object = JSONObject(bytes) else { throw .malformed }
        return object
    }
}
