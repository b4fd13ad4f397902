import HTTPTypes
import NIOCore

/// A whole answer, byte for byte as the slow lane's encoder writes it, where answers are few: templates serve the many.
struct WholeAnswer {
    private let status: [UInt8]
    private let end: [UInt8]
    private let body: ByteBufferView

    /// An answer with `fields`, to which `Date` is added, and a JSON body.
    ///
    /// - Parameter endsConnection: whether it is the last of its connection, and says so.
    init(status: HTTPResponse.Status, fields: HTTPFields, _ body: JSONWriter, endsConnection: Bool = false) {
        var head = "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n"
        for field in fields { head += "\(field.name.rawName): \(field.value)\r\n" }
        self.status = Array(head.utf8)
        end = Array("\(endsConnection ? "Connection: close\r\n" : "")Date: \(HTTPDate.now())\r\n\r\n".utf8)
        self.body = body.buffer.readableBytesView
    }

    /// Its bytes, with more field lines.
    func bytes(with fields: [UInt8] = [], hasBody: Bool = true) -> [UInt8] {
        var bytes = status + fields + end
        if hasBody { bytes += body }
        return bytes
    }
}
