// Pipe clamp for 22 mm pipe: an open ring on a foot, two ears for a screw.
$fn = 96; d = 22; t = 3.5; w = 16;
difference() {
  union() {
    translate([0, 0, d / 2 + 8]) rotate([90, 0, 0]) cylinder(d = d + 2 * t, h = w, center = true);
    hull() { translate([0, 0, 1.5]) linear_extrude(3, center = true) offset(3) square([44, w - 6], center = true); }
    translate([-9, -w / 2, 0]) cube([18, w, 12]);
    translate([0, 0, d + 8 + t]) hull() { translate([-6.5, -w / 2, -4]) cube([13, w, 2]); translate([0, 0, 9]) rotate([0, 90, 0]) cylinder(d = w - 2, h = 13, center = true); }
  }
  translate([0, 0, d / 2 + 8]) rotate([90, 0, 0]) cylinder(d = d, h = w + 2, center = true);
  translate([-1.6, -w, d / 2 + 9]) cube([3.2, 2 * w, 40]);
  translate([0, 0, d + 17 + t]) rotate([0, 90, 0]) { cylinder(d = 5.2, h = 40, center = true); translate([0, 0, 3.8]) cylinder(d = 9.4, h = 10, $fn = 6); }
  for (x = [-17.5, 17.5]) translate([x, 0, -1]) { cylinder(d = 4.6, h = 9); translate([0, 0, 2.2]) cylinder(d1 = 4.6, d2 = 9, h = 2.3); }
}
