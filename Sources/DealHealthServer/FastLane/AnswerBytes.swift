import HTTPTypes
import NIOCore

/// Writes whole answers, byte for byte as the slow lane's encoder does, where they are few: templates serve the many.
enum AnswerBytes {
    /// An answer with `fields`, to which `Date` is added, and a JSON body.
    static func bytes(status: HTTPResponse.Status, fields: HTTPFields, _ body: JSONWriter) -> [UInt8] {
        var head = "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n"
        for field in fields { head += "\(field.name.rawName): \(field.value)\r\n" }
        head += "Date: \(HTTPDate.now())\r\n\r\n"
        return Array(head.utf8) + body.buffer.readableBytesView
    }
}
