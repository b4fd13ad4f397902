/// Where a setting's value came from.
enum SettingOrigin: Sendable, Equatable, CustomStringConvertible {
    case flag(String)
    case environment
    /// The file's path.
    case secret(String)
    case file(String, line: Int)
    case `default`

    var description: String {
        switch self {
        case .flag(let name): "--\(name)"
        case .environment: "environment"
        case .secret(let path): path
        case .file(let path, let line): "\(path):\(line)"
        case .default: "default"
        }
    }
}
