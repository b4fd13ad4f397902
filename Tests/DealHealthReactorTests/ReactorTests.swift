import Testing

/// What a reactor promises, on real sockets. One after the other: a test that lowers the process's limit on descriptors, or keeps a
/// processor busy, would disturb others.
@Suite(.serialized) enum ReactorTests {}
