import Domain
import Testing

private let day = CalendarDay(daysSinceEpoch: 20_000)
private let days = JobDays(production: day, due: day + 4)

private let lateFrom: [JobState: CalendarDay] = [
  .accepted: day + 1, .printing: day + 5, .printed: day + 5, .inspected: day + 5,
]

@Test(
  "a job is taken back when it is held, lost or late, and from no bureau that does not have it",
  arguments: JobState.allCases)
func takingBack(state: JobState) {
  #expect(days.lateFrom(state) == lateFrom[state])
  for event in [JobEvent.reassign, .abandon] {
    for today in [day, day + 1, day + 4, day + 5] {
      var refusal: Problem?
      do { try days.checkTakingBack(state, by: event, today: today) } catch { refusal = error }
      if let late = lateFrom[state] {
        #expect(refusal?.code == (today < late ? "job.not_overdue" : nil), "\(state) \(today)")
        #expect(refusal?.kind == nil || refusal?.kind == .conflict)
        #expect(refusal.map { $0.detail.contains("\(late)") } ?? true, "it says from which day on")
      } else {
        #expect(refusal?.code == ([.held, .lost].contains(state) ? nil : "job.state"), "\(state)")
      }
    }
  }
}

@Test(
  "a day on which a print becomes somebody's to begin is not a late one",
  arguments: JobEvent.allCases)
func movedDays(event: JobEvent) {
  for today in [day + -3, day, day + 2] {
    let moved = days.after(event, today: today)
    switch event {
    case .accept, .fail, .retry:
      #expect(moved == JobDays(production: max(day, today), due: day + 4))
    case .reassign:
      #expect(moved.production == max(day, today + 1))
      #expect(moved.due.daysSinceEpoch - moved.production.daysSinceEpoch == 4)
    default: #expect(moved == days)
    }
    if [.accept, .fail, .retry].contains(event) {
      #expect(moved.lateFrom(.accepted).map { today < $0 } == true)
    }
  }
}

@Test("what is printed again after it was due has as many days as it had at first")
func retriedLate() {
  let today = day + 30
  #expect(days.after(.retry, today: today) == JobDays(production: today, due: today + 4))
  #expect(days.after(.retry, today: day + 4) == JobDays(production: day + 4, due: day + 4))
  #expect(days.after(.lose, today: today) == days)
}
