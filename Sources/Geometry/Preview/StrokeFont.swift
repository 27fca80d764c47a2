/// The letters that pictures are lettered with, as strokes on a grid of 4 by 6, after the upright letters
/// of ISO 3098. What it lacks is left blank.
enum StrokeFont {
  /// The grid's step, where a capital is 1 high.
  private static let step: Float = 1 / 6

  static func strokes(_ text: String) -> [(SIMD2<Float>, SIMD2<Float>)] {
    var strokes: [(SIMD2<Float>, SIMD2<Float>)] = []
    var left: Float = 0
    for character in text {
      for path in StrokeFont.paths(character) {
        for (a, b) in zip(path, path.dropFirst()) {
          strokes.append((SIMD2(left, 0) + a * step, SIMD2(left, 0) + b * step))
        }
      }
      left += advance(character)
    }
    return strokes
  }

  /// A text's width, where a capital is 1 high.
  static func width(_ text: String) -> Float {
    max(0, text.reduce(0) { $0 + advance($1) } - 2 * step)
  }

  private static func advance(_ character: Character) -> Float {
    switch character {
    case ".", ",": 4 * step
    case " ": 3 * step
    default: 6 * step
    }
  }

  private static func paths(_ character: Character) -> [[SIMD2<Float>]] {
    (outlines[character] ?? []).map { path in path.map { SIMD2($0.0, $0.1) } }
  }

  private static let outlines: [Character: [[(Float, Float)]]] = [
    "0": [round(2, 3, 2, 3)],
    "1": [[(0.8, 1.4), (2.4, 0), (2.4, 6)]],
    "2": [
      [
        (0.1, 1.6), (0.5, 0.6), (1.3, 0), (2.7, 0), (3.5, 0.6), (3.9, 1.6), (3.5, 2.7), (0, 6),
        (4, 6),
      ]
    ],
    "3": [
      [
        (0.2, 1), (0.8, 0.25), (1.7, 0), (2.6, 0.1), (3.4, 0.6), (3.7, 1.5), (3.3, 2.4), (2.5, 2.8),
        (1.5, 2.8),
      ],
      [
        (2.5, 2.8), (3.5, 3.2), (4, 4.2), (3.7, 5.2), (2.9, 5.8), (1.8, 6), (0.7, 5.7), (0, 4.9),
      ],
    ],
    "4": [[(3, 6), (3, 0), (0, 4.3), (4, 4.3)]],
    "5": [
      [
        (3.6, 0), (0.6, 0), (0.3, 2.8), (1.2, 2.3), (2.2, 2.2), (3.3, 2.7), (4, 3.9), (3.6, 5.2),
        (2.7, 5.9), (1.6, 6), (0.6, 5.6), (0, 4.9),
      ]
    ],
    "6": [
      [(3.2, 0), (1.6, 1.1), (0.5, 2.6), (0.05, 4)],
      round(2, 4.1, 1.95, 1.9),
    ],
    "7": [[(0, 0), (4, 0), (1.4, 6)]],
    "8": [round(2, 1.45, 1.6, 1.45), round(2, 4.45, 2, 1.55)],
    "9": [round(2, 1.9, 1.95, 1.9), [(3.95, 2), (3.5, 3.4), (2.4, 4.9), (0.8, 6)]],
    ".": [[(0.8, 5.7), (0.8, 6)]],
    ",": [[(0.9, 5.7), (0.4, 7)]],
    "-": [[(0.6, 3.2), (3.4, 3.2)]],
    "+": [[(0.4, 3.2), (3.6, 3.2)], [(2, 1.6), (2, 4.8)]],
    "×": [[(0.6, 1.8), (3.4, 4.6)], [(0.6, 4.6), (3.4, 1.8)]],
    "m": [
      [(0, 6), (0, 2.2)], [(0, 3.2), (0.7, 2.4), (1.3, 2.2), (1.8, 2.5), (2.05, 3.2), (2.05, 6)],
      [(2.05, 3.2), (2.7, 2.4), (3.3, 2.2), (3.85, 2.5), (4.1, 3.2), (4.1, 6)],
    ],
    "A": [[(0, 6), (2, 0), (4, 6)], [(0.75, 4), (3.25, 4)]],
    "E": [[(3.6, 0), (0.2, 0), (0.2, 6), (3.6, 6)], [(0.2, 2.9), (3, 2.9)]],
    "G": [
      [
        (3.9, 1.3), (3.2, 0.4), (2.1, 0), (1, 0.4), (0.2, 1.5), (0, 3), (0.2, 4.5), (1, 5.6),
        (2.1, 6),
        (3.2, 5.6), (3.9, 4.7), (3.9, 3.2), (2.4, 3.2),
      ]
    ],
    "I": [[(2, 0), (2, 6)]],
    "N": [[(0.1, 6), (0.1, 0), (3.9, 6), (3.9, 0)]],
    "O": [round(2, 3, 2.05, 3)],
    "R": [
      [(0.2, 6), (0.2, 0), (2.4, 0), (3.4, 0.5), (3.7, 1.6), (3.4, 2.7), (2.4, 3.2), (0.2, 3.2)],
      [(2.1, 3.2), (3.9, 6)],
    ],
    "S": [
      [
        (3.6, 1), (2.9, 0.25), (2, 0), (1, 0.25), (0.35, 1.1), (0.6, 2.2), (1.9, 2.9), (3.3, 3.6),
        (3.8, 4.6), (3.3, 5.6), (2.1, 6), (0.9, 5.7), (0.1, 4.8),
      ]
    ],
    "T": [[(0, 0), (4, 0)], [(2, 0), (2, 6)]],
    "W": [[(0, 0), (1.1, 6), (2, 1.8), (2.9, 6), (4, 0)]],
  ]

  /// An ellipse of sixteen sides.
  private static func round(_ x: Float, _ y: Float, _ a: Float, _ b: Float) -> [(Float, Float)] {
    let quarter: [(Float, Float)] = [
      (1, 0), (0.924, 0.383), (0.707, 0.707), (0.383, 0.924),
    ]
    var points: [(Float, Float)] = []
    for (c, s) in [(Float(1), Float(0)), (0, 1), (-1, 0), (0, -1)] {
      points += quarter.map { (x + a * ($0.0 * c - $0.1 * s), y + b * ($0.0 * s + $0.1 * c)) }
    }
    return points + [points[0]]
  }
}
