import AuthAPI
import AuthClient
import Directory
import Model
import Policy

/// Finds out whether an act is allowed, and what has to come with it. Everything is asked live; nothing is consumed.
struct PlanAct: Sendable {
    let collaborators: Collaborators

    /// The longest an act may take before others settle it.
    static let lease = Duration.seconds(120)

    /// Plans a new act, or one whose first try was given back.
    func plan(
        _ request: ActRequest, as identity: IdempotentRequest, operation: OperationID, by desk: DeskOperator
    ) async throws(HelpdeskError) -> PlannedAct {
        let (targets, user) = try await load(request, desk)
        let obligations = try decide(request, desk, targets)
        let grant = try await grant(request, desk, needsProof: obligations.contains { $0.needsProof })
        let contacts = try await UserContacts.load(of: user, for: desk.person, collaborators)
        let delivery = try await delivery(of: request, operation, desk, targets, contacts)
        return PlannedAct(
            operation: record(request, identity, operation, desk, delivery), request: identity, desk: desk,
            targets: targets, grant: grant, isRetry: false, password: delivery.password, link: delivery.link,
            contacts: contacts)
    }

    /// Plans another try of an operation's failed accounts: the same checks, the same password, and no second proof
    /// where there was one.
    func plan(
        retryOf operation: Operation, _ request: ActRequest, as identity: IdempotentRequest, by desk: DeskOperator
    ) async throws(HelpdeskError) -> PlannedAct {
        let (targets, user) = try await load(request, desk)
        let obligations = try decide(request, desk, targets)
        let needsProof = obligations.contains { $0.needsProof }
        let grant: PlannedAct.Grant
        switch operation.authority {
        case .proved: grant = .standing
        case .skipped where needsProof: throw .refused(.proofRequired, nil)
        case .skipped: grant = .standing
        case .pending: grant = try await self.grant(request, desk, needsProof: needsProof)
        case .refused, .ownersLink: throw .nothingToRetry
        }
        let contacts = try await UserContacts.load(of: user, for: desk.person, collaborators)
        let delivery = try await delivery(of: request, operation.id, desk, targets, contacts)
        return PlannedAct(
            operation: operation.taken(over: identity.key, lease: newLease()), request: identity, desk: desk,
            targets: targets, grant: grant, isRetry: true, password: delivery.password, link: delivery.link,
            contacts: contacts)
    }

    /// The accounts picked, and the one whose page this is: all of one person.
    private func load(
        _ request: ActRequest, _ desk: DeskOperator
    ) async throws(HelpdeskError) -> (targets: [TargetFacts], user: TargetFacts) {
        let user = try await TargetFacts.load(request.user, for: desk.person, collaborators)
        var targets: [TargetFacts] = []
        for id in request.accounts {
            let isUser = id == request.user
            targets.append(isUser ? user : try await TargetFacts.load(id, for: desk.person, collaborators))
        }
        if let stranger = targets.first(where: { !$0.enrollments.samePerson.contains(request.user) }) {
            throw .refused(.accountsNotLinked, stranger.id)
        }
        return (targets, user)
    }

    /// Each account has to pass for itself; one that does not refuses the whole act, before anything is done.
    private func decide(
        _ request: ActRequest, _ desk: DeskOperator, _ targets: [TargetFacts]
    ) throws(HelpdeskError) -> [ActionRule.Obligations] {
        var obligations: [ActionRule.Obligations] = []
        for target in targets {
            do throws(Refusal) {
                obligations.append(
                    try target.decide(request.action, by: desk.authority, protecting: collaborators.protected)
                        .get())
            } catch {
                throw .refused(error, target.id)
            }
        }
        return obligations
    }

    /// Where a proof is needed there is no way around it. Where it is not, a satisfied verification is spent all the
    /// same; anything else is a skip, with the reason the role may demand (VS-11).
    private func grant(
        _ request: ActRequest, _ desk: DeskOperator, needsProof: Bool
    ) async throws(HelpdeskError) -> PlannedAct.Grant {
        guard let verification = request.verification else {
            if needsProof { throw .refused(.proofRequired, request.user) }
            return try skip(request, desk)
        }
        if needsProof { return .proof(verification) }
        let state = try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.verification(verification, desk.person.credentials)
        }
        switch state.status {
        case .satisfied, .consumed: return .proof(verification)
        case .created, .challenged, .failed, .expired, .canceled: return try skip(request, desk)
        }
    }

    private func skip(_ request: ActRequest, _ desk: DeskOperator) throws(HelpdeskError) -> PlannedAct.Grant {
        if desk.authority.policy.skipNeedsReason && request.reason == nil {
            throw .refused(.skipReasonRequired, request.user)
        }
        return .skip
    }

    /// What goes out, and where.
    private struct Delivery {
        var password: PlannedPassword?
        var link: PlannedLink?

        var contacts: [Contact] { password?.contacts ?? link?.ways.map(\.contact) ?? [] }
    }

    private func delivery(
        of request: ActRequest, _ operation: OperationID, _ desk: DeskOperator, _ targets: [TargetFacts],
        _ contacts: UserContacts
    ) async throws(HelpdeskError) -> Delivery {
        guard let delivery = request.delivery else { return Delivery() }
        var chosen: [Contact] = []
        for choice in delivery.contacts { chosen.append(try contacts.find(choice)) }
        let obligations: DeliveryRule.Obligations
        do throws(Refusal) {
            obligations = try DeliveryRule.decide(
                DeliveryRule.Request(
                    method: delivery.method, isTyped: delivery.password.isTyped, contacts: chosen,
                    isEnrolled: targets.contains { $0.isEnrolled }),
                desk: desk.authority.policy
            ).get()
        } catch {
            throw .refused(error, request.user)
        }
        guard let made = try await make(delivery.password, for: targets.map(\.account)) else {
            return Delivery(link: link(to: chosen))
        }
        return Delivery(
            password: PlannedPassword(
                secret: made.secret, sealed: try seal(made.secret, of: operation),
                isGenerated: !delivery.password.isTyped, mustChange: obligations.mustChange,
                isShown: made.isNew && obligations.operatorMaySeePassword, contacts: chosen))
    }

    private func link(to contacts: [Contact]) -> PlannedLink {
        let ways = contacts.map { contact in
            let limit: SecurityLimits.Limit
            switch contact.channel {
            case .sms: limit = SecurityLimits.smsLinkSeconds
            case .email: limit = SecurityLimits.mailLinkSeconds
            }
            return PlannedLink.Way(
                contact: contact, token: SecureLinkTokens.make(collaborators.random),
                lifetime: collaborators.limits.seconds(limit))
        }
        return PlannedLink(id: collaborators.random.identifier(), ways: ways)
    }

    /// The password, checked; and whether it was made just now. `nil`: its owner chooses it.
    private func make(
        _ choice: PasswordChoice, for accounts: [DirectoryAccount]
    ) async throws(HelpdeskError) -> (secret: Secret, isNew: Bool)? {
        switch choice {
        case .byOwner: return nil
        case .generated: return (try await collaborators.passwords.generate(for: accounts), true)
        case .kept(let secret, _): return (secret, false)
        case .typed(let secret):
            let problems = await collaborators.passwords.problems(with: secret, for: accounts)
            guard problems.isEmpty else { throw .passwordRefused(problems) }
            return (secret, false)
        }
    }

    private func seal(_ password: Secret, of operation: OperationID) throws(HelpdeskError) -> [UInt8] {
        do {
            return try collaborators.keyring.seal(password, context: Operation.context(operation))
        } catch {
            throw .passwordImpossible
        }
    }

    private func newLease() -> Operation.Lease {
        Operation.Lease(owner: collaborators.node, until: collaborators.clock.now() + Self.lease)
    }

    private func record(
        _ request: ActRequest, _ identity: IdempotentRequest, _ operation: OperationID, _ desk: DeskOperator,
        _ delivery: Delivery
    ) -> Operation {
        let password = delivery.password
        return Operation(
            id: operation, operatorAccount: desk.person.account, session: desk.person.session, subject: request.user,
            action: request.action, verification: request.verification, reason: request.reason,
            contacts: delivery.contacts.map(\.id), authority: .pending, sealedPassword: password?.sealed,
            isGenerated: password?.isGenerated ?? false, mustChange: password?.mustChange ?? false,
            requestKey: identity.key, origin: desk.person.origin, createdAt: collaborators.clock.now(),
            lease: newLease(), finishedAt: nil, method: request.delivery?.method)
    }
}

extension Operation {
    /// The same operation in the hands of another request.
    fileprivate func taken(over key: String, lease: Lease) -> Operation {
        Operation(
            id: id, operatorAccount: operatorAccount, session: session, subject: subject, action: action,
            verification: verification, reason: reason, contacts: contacts, authority: authority,
            sealedPassword: sealedPassword, isGenerated: isGenerated, mustChange: mustChange, requestKey: key,
            origin: origin, createdAt: createdAt, lease: lease, finishedAt: nil, method: method)
    }
}
