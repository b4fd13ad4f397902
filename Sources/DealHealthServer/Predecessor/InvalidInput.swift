/// An input of the predecessor's calls that is not of the form they take: 422, with its place.
struct InvalidInput: Error {
    /// From the outermost: `query`, `path` or `body`, then a name.
    let place: [String]
    /// What it must be, for a person.
    let message: String

    init(_ place: String..., message: String) {
        self.place = place
        self.message = message
    }
}
