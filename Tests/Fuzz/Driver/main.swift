import FuzzTargets
import Glibc

// Every parser under libFuzzer: `Deploy/fuzz` builds and runs this. EVERPART_FUZZ says which one, so that one
// build serves all. It is part of the package only where FUZZ is set (Package.swift).

typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ argc: UnsafeMutablePointer<Int32>, _ argv: UnsafeMutablePointer<Arguments>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

guard FuzzTarget.chosen != nil else {
  print(
    "fuzz: EVERPART_FUZZ is one of", FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))
  exit(2)
}

var argc = CommandLine.argc
var argv = CommandLine.unsafeArgv
exit(
  runDriver(&argc, &argv) { bytes, count in
    FuzzTarget.chosen?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
  })
