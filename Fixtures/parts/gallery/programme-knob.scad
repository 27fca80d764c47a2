// Programme knob of a washing machine: a grip bar across a dished disc, D-shaft below.
$fn = 128; d = 46;
difference() {
  union() {
    rotate_extrude() polygon([[0, 0], [d / 2 - 1, 0], [d / 2, 1], [d / 2, 5], [d / 2 - 2, 8], [d / 2 - 5, 9], [0, 7.5]]);
    intersection() {
      hull() { translate([-19, 0, 4]) cylinder(d = 9, h = 14); translate([19, 0, 4]) cylinder(d = 9, h = 14); translate([0, 0, 4]) cylinder(d = 15, h = 15); }
      translate([0, 0, -26]) sphere(r = 47);
    }
  }
  for (i = [0 : 35]) rotate(i * 10) translate([d / 2 + 0.4, 0, -1]) cylinder(d = 1.6, h = 7, $fn = 16);
  translate([-21, -0.6, 15]) cube([8, 1.2, 10]);
  translate([0, 0, -1]) difference() { cylinder(d = 6.1, h = 13); translate([1.6, -5, 0]) cube([10, 10, 20]); }
  translate([0, 0, -1]) difference() { cylinder(d = 40, h = 4); cylinder(d = 11, h = 9, center = true); }
}
