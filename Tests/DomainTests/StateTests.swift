import Domain
import Testing

private let jobMoves: [JobState: [JobEvent: JobState]] = [
  .queued: [
    .offer: .offered, .exhaust: .unmakeable, .cancel: .cancelled, .withdraw: .queued,
    .recover: .held,
  ],
  .offered: [
    .decline: .queued, .expire: .queued, .accept: .accepted, .cancel: .cancelled,
    .withdraw: .queued, .recover: .held,
  ],
  .accepted: [
    .start: .printing, .hold: .held, .reassign: .queued, .abandon: .cancelled, .withdraw: .held,
    .recover: .held,
  ],
  .printing: [
    .complete: .printed, .hold: .held, .reassign: .queued, .abandon: .cancelled, .withdraw: .held,
    .recover: .held,
  ],
  .printed: [
    .pass: .inspected, .fail: .accepted, .hold: .held, .reassign: .queued, .abandon: .cancelled,
    .recover: .held,
  ],
  .inspected: [
    .ship: .shipped, .hold: .held, .reassign: .queued, .abandon: .cancelled, .recover: .held,
  ],
  .shipped: [.deliver: .delivered, .lose: .lost],
  .lost: [.deliver: .delivered, .retry: .accepted, .reassign: .queued, .abandon: .cancelled],
  .held: [.retry: .accepted, .reassign: .queued, .abandon: .cancelled],
]

@Test("a job takes exactly the events that its state allows", arguments: JobState.allCases)
func jobTransitions(state: JobState) {
  for event in JobEvent.allCases {
    let expected = jobMoves[state]?[event]
    do {
      #expect(try state.after(event) == expected, "\(state) \(event)")
    } catch {
      #expect(expected == nil, "\(state) \(event)")
      #expect(error.code == "job.state")
      #expect(error.kind == .conflict)
    }
  }
}

@Test("a job is final when it is delivered, cancelled or unmakeable")
func finalStates() {
  #expect(Set(JobState.allCases.filter(\.isFinal)) == [.delivered, .cancelled, .unmakeable])
}

@Test("every state of a job can be reached from the first")
func statesAreReachable() {
  var reached: Set<JobState> = [.queued]
  var last = 0
  while reached.count != last {
    last = reached.count
    for state in reached {
      reached.formUnion(JobEvent.allCases.compactMap { try? state.after($0) })
    }
  }
  #expect(reached == Set(JobState.allCases))
}

private let orderMoves: [OrderState: [OrderEvent: OrderState]] = [
  .placed: [
    .accept: .accepted, .cancel: .cancelled, .exhaust: .unmakeable, .recover: .accepted,
  ],
  .accepted: [
    .start: .inProduction, .reassign: .placed, .abandon: .cancelled, .recover: .accepted,
  ],
  .inProduction: [
    .start: .inProduction, .ship: .shipped, .reassign: .placed, .abandon: .cancelled,
    .recover: .inProduction, .deliver: .delivered,
  ],
  .shipped: [.deliver: .delivered, .lose: .inProduction],
]

@Test("an order takes exactly the events that its state allows", arguments: OrderState.allCases)
func orderTransitions(state: OrderState) {
  for event in OrderEvent.allCases {
    let expected = orderMoves[state]?[event]
    do {
      #expect(try state.after(event) == expected, "\(state) \(event)")
    } catch {
      #expect(expected == nil, "\(state) \(event)")
      #expect(error.code == (event == .cancel ? "order.not_cancellable" : "order.state"))
    }
  }
}

@Test("whatever path a job takes, its order can follow")
func orderFollowsJob() {
  struct Pair: Hashable {
    var job: JobState
    var order: OrderState
  }
  var seen: Set<Pair> = []
  var open = [Pair(job: .queued, order: .placed)]
  while let pair = open.popLast() {
    guard seen.insert(pair).inserted else { continue }
    for event in JobEvent.allCases {
      guard let job = try? pair.job.after(event) else { continue }
      guard let orderEvent = event.orderEvent else {
        open.append(Pair(job: job, order: pair.order))
        continue
      }
      do {
        open.append(Pair(job: job, order: try pair.order.after(orderEvent)))
      } catch {
        Issue.record("\(pair.order) cannot follow \(pair.job) by \(event)")
      }
    }
  }
  #expect(seen.contains(Pair(job: .delivered, order: .delivered)))
  for pair in seen {
    let ends: [JobState: OrderState] = [
      .queued: .placed, .offered: .placed, .cancelled: .cancelled, .unmakeable: .unmakeable,
    ]
    if let order = ends[pair.job] { #expect(pair.order == order, "\(pair)") }
  }
}

private let revisionMoves: [RevisionState: [RevisionEvent: RevisionState]] = [
  .draft: [.release: .released, .withdraw: .withdrawn, .shred: .shredded],
  .released: [.supersede: .superseded, .withdraw: .withdrawn],
  .superseded: [.withdraw: .withdrawn, .shred: .shredded],
  .withdrawn: [.shred: .shredded],
]

@Test(
  "a revision takes exactly the events that its state allows", arguments: RevisionState.allCases)
func revisionTransitions(state: RevisionState) {
  for event in RevisionEvent.allCases {
    let expected = revisionMoves[state]?[event]
    do {
      #expect(try state.after(event) == expected, "\(state) \(event)")
    } catch {
      #expect(expected == nil, "\(state) \(event)")
      #expect(error.code == "revision.state")
    }
  }
  #expect(state.releasesKeys == ((try? state.requireReleasesKeys()) != nil))
  #expect(state.releasesKeys == [.released, .superseded].contains(state))
}
