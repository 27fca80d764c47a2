// Impeller of a cooling fan: nine backward-curved blades between a disc and a hub.
$fn = 96; d = 60;
module blade() { linear_extrude(16, twist = -14, slices = 12) difference() { translate([17, 0]) circle(13); translate([18.2, -1.4]) circle(12.6); translate([-10, -40]) square([60, 40]); } }
difference() {
  union() {
    cylinder(d = d, h = 2);
    cylinder(d = 20, h = 15);
    translate([0, 0, 15]) rotate_extrude() polygon([[0, 0], [10, 0], [9.4, 1.6], [8, 2.6], [0, 3]]);
    intersection() { for (i = [0 : 8]) rotate(i * 40) translate([0, 0, 1]) blade(); cylinder(d = d - 1, h = 40); }
  }
  translate([0, 0, -1]) cylinder(d = 3, h = 40);
  translate([0, 0, -1]) difference() { cylinder(d = 17, h = 13); cylinder(d = 7, h = 40, center = true); }
}
