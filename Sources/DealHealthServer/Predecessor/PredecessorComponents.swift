/// The components of `/health` by the predecessor's names.
enum PredecessorComponents {
    /// `database` is the log. What is not configured is healthy, in the mode `disabled`: absence by choice is not sickness.
    ///
    /// - Parameters:
    ///   - logStatus: of the log: `healthy`, or what is wrong.
    ///   - queueDepth: events on their way to the disk.
    static func write(logStatus: String, queueDepth: Int, to json: inout JSONWriter) {
        json.key("database")
        write(status: logStatus, mode: "log", to: &json)
        json.key("redis")
        write(status: "healthy", mode: "disabled", to: &json)
        json.key("ai_service")
        write(status: "healthy", mode: "disabled", to: &json)
        json.key("message_queue")
        write(status: "healthy", mode: "disabled", to: &json) { json in
            json.key("queue_depth")
            json.integer(queueDepth)
        }
    }

    private static func write(
        status: String, mode: String, to json: inout JSONWriter, _ more: (inout JSONWriter) -> Void = { _ in }
    ) {
        json.beginObject()
        json.key("status")
        json.string(status)
        json.key("mode")
        json.string(mode)
        more(&json)
        json.endObject()
    }
}
