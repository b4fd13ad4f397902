/// Why a series was not registered; its value is the `reason` label of the metric that counts refusals.
enum RegistrationRefusal: String, CaseIterable, Sendable, Error {
    /// The registry is full.
    case limit
    /// A metric of another kind already has the name, or a name that one of its samples would take.
    case conflict
}
