// Leaf of a cabinet hinge: three knuckles, four countersunk holes, rounded corners.
$fn = 72; w = 60; l = 34; t = 2.6; pin = 4;
difference() {
  union() {
    linear_extrude(t) hull() { square([w, 1]); for (x = [5, w - 5]) translate([x, l - 5]) circle(5); }
    for (x = [0, 24, 48]) translate([x, 0, 0]) {
      translate([0, 0, 4]) rotate([0, 90, 0]) cylinder(d = 8, h = 12);
      translate([0, -4, 0.0]) cube([12, 0.01, 4]);
      hull() { translate([0, 0, 0]) cube([12, 6, t]); translate([0, 0, 4]) rotate([0, 90, 0]) cylinder(d = 8, h = 12); }
    }
  }
  translate([-1, 0, 4]) rotate([0, 90, 0]) cylinder(d = pin, h = w + 2);
  for (x = [12.25, 35.75]) translate([x, -6, -1]) cube([11.5, 11, 20]);
  for (x = [10, w - 10]) for (y = [14, 26]) translate([x, y, -1]) { cylinder(d = 4.2, h = 9); translate([0, 0, t - 1.1]) cylinder(d1 = 4.2, d2 = 8.6, h = 2.2); }
}
