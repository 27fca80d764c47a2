import Domain
import FoundationEssentials
import TestSupport
import Testing

@Test("an instant reads back from its text, before 1970 too")
func instantRoundTrip() throws {
  var generator = SeededGenerator(seed: 5)
  for _ in 0..<500 {
    let instant = Instant(
      milliseconds: Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &generator))
    #expect(Instant(instant.description) == instant, "\(instant.milliseconds)")
    let json = try JSONEncoder().encode([instant])
    #expect(try JSONDecoder().decode([Instant].self, from: json) == [instant])
  }
}

@Test("known instants have known texts")
func knownInstants() {
  #expect(Instant(milliseconds: 0).description == "1970-01-01T00:00:00.000Z")
  #expect(Instant(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
  #expect(Instant(milliseconds: 951_782_400_123).description == "2000-02-29T00:00:00.123Z")
  #expect(Instant("2026-03-01T09:00:00Z")?.milliseconds == 1_772_355_600_000)
  #expect(SimulatedClock().now.description == "2026-03-01T09:00:00.000Z")
}

@Test(
  "an instant in another form, or that no day has, is refused",
  arguments: [
    "", "2026-03-01", "2026-03-01T24:00:00Z", "2026-03-01T09:60:00Z", "2026-03-01T09:00:60Z",
    "2026-02-30T09:00:00Z", "2026-03-01T09:00:00", "2026-03-01T09:00:00+00:00",
    "2026-03-01t09:00:00Z", "2026-03-01 09:00:00Z", "2026-03-01T09:00:00.1Z",
    "2026-03-01T09:00:00,123Z", "２026-03-01T09:00:00Z",
  ])
func instantRefusals(text: String) {
  #expect(Instant(text) == nil)
}

@Test("every day of four centuries reads back from its text, a day after the one before")
func calendarDayRoundTrip() {
  let first = CalendarDay("1900-01-01")!.daysSinceEpoch
  for days in first..<first + 146_097 {
    let day = CalendarDay(daysSinceEpoch: days)
    guard CalendarDay(day.description) == day else {
      Issue.record("\(day) does not read back")
      return
    }
  }
  #expect(CalendarDay(daysSinceEpoch: first + 146_097).description == "2300-01-01")
}

@Test(
  "a day that no month has is refused",
  arguments: [
    "2026-02-29", "1900-02-29", "2026-04-31", "2026-00-10", "2026-13-01", "2026-01-00",
    "2026-01-32", "2026-1-1", "26-01-01", "2026/01/01", "2026-01-01 ", "+026-01-01", "",
  ])
func calendarDayRefusals(text: String) {
  #expect(CalendarDay(text) == nil)
}

@Test("an instant's day is its UTC day, on either side of midnight")
func dayOfInstant() {
  #expect(Instant("2026-03-01T23:59:59.999Z")?.day == CalendarDay("2026-03-01"))
  #expect(Instant("2026-03-02T00:00:00Z")?.day == CalendarDay("2026-03-02"))
  #expect(Instant(milliseconds: -1).day == CalendarDay("1969-12-31"))
}

@Test("a simulated clock moves both clocks, and a jump only the wall clock")
func simulatedClock() {
  let clock = SimulatedClock(seed: 1)
  let start = clock.now
  clock.advance(by: .milliseconds(1500))
  #expect(clock.now.milliseconds - start.milliseconds == 1500)
  #expect(clock.ambient.uptime() == .milliseconds(1500))
  clock.jumpWallClock(by: .seconds(-3600))
  #expect(clock.now < start)
  #expect(clock.uptime == .milliseconds(1500))
  #expect(Ambient.simulated(seed: 4).randomBytes(16) == Ambient.simulated(seed: 4).randomBytes(16))
  #expect(Ambient.simulated(seed: 4).randomBytes(16) != Ambient.simulated(seed: 5).randomBytes(16))
}
