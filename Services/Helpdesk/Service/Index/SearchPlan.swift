import Model
import SQL

/// Which way through the index is the cheapest, and what is known of the total before anything is searched.
///
/// `index_grams` says how many accounts have three characters in a row, `index_sizes` how many are enrolled with what;
/// so a total is known at once where nothing but one of both is asked for, and otherwise a bound of it. Few are found
/// through the trigrams (or the types) and sorted; many by walking in the order of names until the page is full.
struct SearchPlan {
    enum Way: Equatable {
        /// Nobody can match.
        case nobody
        /// Whoever has these trigrams, then sorted.
        case grams([Int64])
        /// Whoever is enrolled with exactly one of these sets of types, then sorted.
        case types([Int64])
        /// In the order of names; where that takes long, by these trigrams after all.
        case inOrder(insteadOf: [Int64]?)
    }

    /// Up to so many accounts are sorted rather than walked to.
    static let few = 4_000
    /// A walk of so many rows is long.
    static let patience = 20_000
    /// Trigrams that are looked for; the rest is compared. More of them would cost more than they spare: among a million
    /// accounts two names take 7.3 ms with one, 1.5 with two, 1.2 with three, 1.5 with four, 2.2 with six.
    private static let mostGrams = 3

    private(set) var way = Way.nobody
    /// How many the search finds, where that is known.
    private(set) var total: Int?
    /// What the total is counted by, where it has to be: the rarest trigrams; `nil`: nearly everybody has them.
    private(set) var counted: [Int64]?

    init(_ filter: AccountFilter, _ connection: any Connection) throws {
        let sizes = try IndexCounts.sizes(of: filter.stores, connection)
        let everybody = sizes.reduce(0) { $0 + $1.accounts }
        let allowed = sizes.filter { filter.allows(types: $0.types) }
        let ofTypes = allowed.reduce(0) { $0 + $1.accounts }
        guard ofTypes > 0 else {
            total = 0
            return
        }
        guard !filter.patterns.isEmpty else {
            total = ofTypes
            let isRare = ofTypes <= Self.few && ofTypes < everybody
            way = isRare ? .types(Set(allowed.map(\.types)).sorted()) : .inOrder(insteadOf: nil)
            return
        }
        try choose(filter, everybody: everybody, connection)
    }

    private mutating func choose(_ filter: AccountFilter, everybody: Int, _ connection: any Connection) throws {
        let all = Set(filter.patterns.flatMap { Gram.all(of: $0) })
        let counts = try IndexCounts.accounts(with: Array(all), of: filter.stores, connection)
        guard counts.count == all.count, let fewest = counts.values.min() else {
            total = 0
            return
        }
        let rarest = counts.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        let grams = rarest.prefix(Self.mostGrams).map(\.key)
        counted = fewest > everybody / 4 ? nil : grams
        if all.count == 1, !filter.hasTypes { total = fewest }
        if fewest <= Self.few {
            way = .grams(grams)
        } else if all.count == 1 {
            way = .inOrder(insteadOf: fewest > everybody / 5 ? nil : grams)
        } else {
            // Each of the trigrams is common; whether all of them together are, nobody has counted yet.
            let matching = try SearchTable(filter: filter, connection: connection).count(with: counted)
            total = matching
            let isCommon = matching > Self.few
            way = isCommon ? .inOrder(insteadOf: matching > everybody / 5 ? nil : grams) : .grams(grams)
        }
    }
}
