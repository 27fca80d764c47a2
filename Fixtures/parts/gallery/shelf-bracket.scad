// Shelf bracket: two legs, a filleted rib, slotted and round screw holes.
$fn = 72; a = 70; b = 48; w = 32; t = 5;
module plate(l) { linear_extrude(t) hull() { translate([0, -w / 2]) square([1, w]); for (y = [-1, 1]) translate([l - 6, y * (w / 2 - 6)]) circle(6); } }
difference() {
  union() {
    plate(a);
    translate([t, 0, 0]) rotate([0, -90, 0]) plate(b);
    translate([0, 2.5, 0]) rotate([90, 0, 0]) linear_extrude(5) difference() { polygon([[t, t], [a - 14, t], [t, b - 12]]); translate([15, 13]) circle(5.5); }
    translate([t, -w / 2, t]) difference() { cube([4, w, 4]); translate([4, -1, 4]) rotate([-90, 0, 0]) cylinder(r = 4, h = w + 2); }
  }
  for (y = [-9.5, 9.5]) hull() for (x = [44, 56]) translate([x, y, -1]) cylinder(d = 5.2, h = 9);
  for (y = [-9.5, 9.5]) translate([-1, y, 36]) rotate([0, 90, 0]) { cylinder(d = 5.2, h = 9); translate([0, 0, 3.6]) cylinder(d1 = 5.2, d2 = 10.2, h = 2.6); }
}
