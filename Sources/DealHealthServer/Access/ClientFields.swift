/// What a head says of who asks, and what of it the answer tells again: the values of single fields, without white space around
/// them. Ranges are relative to the request's first byte.
struct ClientFields: Equatable {
    var authorization: Range<Int>?
    var forwardedFor: Range<Int>?
    var origin: Range<Int>?
    var requestID: Range<Int>?
    var traceparent: Range<Int>?

    /// Whether there is none of them.
    var isEmpty: Bool {
        self == ClientFields()
    }
}
