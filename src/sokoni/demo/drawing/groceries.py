"""What is eaten, drunk and washed with."""

from sokoni.demo.drawing.pen import DARK, LEAF, METAL, WHITE, WOOD, Colour, Pen, label, shade


def bag(pen: Pen, colour: Colour) -> None:
    pen.shape((24, 20), (76, 20), (80, 90), (20, 90), colour=colour)
    pen.box((22, 12), (78, 24), shade(colour, 0.75), 2)
    label(pen, (31, 40), (69, 68), colour)


def packet(pen: Pen, colour: Colour) -> None:
    teeth = [(14 + step * 4, 24 if step % 2 else 28) for step in range(19)]
    pen.shape(*teeth, (86, 74), (14, 74), colour=colour)
    pen.box((14, 68), (86, 74), shade(colour, 0.75))
    label(pen, (28, 36), (72, 62), colour)


def box(pen: Pen, colour: Colour) -> None:
    pen.shape((20, 26), (34, 14), (88, 14), (74, 26), colour=shade(colour, 1.25))
    pen.shape((74, 26), (88, 14), (88, 76), (74, 90), colour=shade(colour, 0.7))
    pen.box((20, 26), (74, 90), colour)
    label(pen, (28, 44), (66, 70), colour)


def carton(pen: Pen, colour: Colour) -> None:
    pen.shape((28, 34), (40, 14), (62, 14), (72, 34), colour=shade(colour, 1.25))
    pen.box((38, 8), (64, 16), shade(colour, 0.75), 1)
    pen.box((28, 34), (72, 92), colour)
    label(pen, (34, 50), (66, 76), colour)


def bottle(pen: Pen, colour: Colour) -> None:
    pen.box((42, 6), (58, 16), DARK, 2)
    pen.shape((43, 16), (57, 16), (60, 28), (70, 40), (30, 40), (40, 28), colour=colour)
    pen.box((30, 38), (70, 94), colour, 6)
    label(pen, (30, 52), (70, 78), colour)


def spray(pen: Pen, colour: Colour) -> None:
    pen.box((38, 8), (62, 22), DARK, 3)
    pen.box((32, 20), (68, 94), colour, 7)
    label(pen, (32, 44), (68, 74), colour)


def jar(pen: Pen, colour: Colour) -> None:
    pen.box((26, 14), (74, 28), DARK, 3)
    pen.box((22, 26), (78, 90), shade(colour, 1.15), 9)
    label(pen, (22, 44), (78, 72), colour)


def tin(pen: Pen, colour: Colour) -> None:
    pen.box((22, 20), (78, 86), colour)
    pen.oval((22, 78), (78, 94), colour)
    pen.oval((22, 10), (78, 28), METAL)
    pen.oval((28, 13), (72, 25), shade(METAL, 1.2))
    label(pen, (28, 42), (72, 70), colour)


def loaf(pen: Pen, colour: Colour) -> None:
    pen.box((12, 36), (88, 80), WOOD, 8)
    pen.oval((10, 22), (50, 58), WOOD)
    pen.oval((50, 22), (90, 58), WOOD)
    for x in (32, 50, 68):
        pen.line((x, 34), (x - 5, 48), colour=shade(WOOD, 1.4), width=3)
    pen.box((12, 60), (88, 72), colour)


def eggs(pen: Pen, colour: Colour) -> None:
    for x in (16, 40, 64):
        pen.oval((x, 24), (x + 20, 62), (240, 214, 184))
    pen.shape((8, 52), (92, 52), (84, 82), (16, 82), colour=shade(colour, 0.9))


def fruit(pen: Pen, colour: Colour) -> None:
    pen.oval((16, 30), (58, 90), colour)
    pen.oval((42, 30), (84, 90), colour)
    pen.line((50, 34), (54, 16), colour=WOOD, width=4)
    pen.oval((54, 12), (80, 28), LEAF)


def greens(pen: Pen, colour: Colour) -> None:
    for x, y in ((14, 34), (34, 16), (54, 34)):
        pen.oval((x, y), (x + 32, y + 46), shade(LEAF, 0.85 + x / 150))
    pen.shape((42, 66), (58, 66), (54, 94), (46, 94), colour=shade(LEAF, 1.3))
    pen.box((38, 72), (62, 80), colour, 2)


def bar(pen: Pen, colour: Colour) -> None:
    pen.box((10, 40), (90, 76), shade(colour, 0.75), 10)
    pen.box((10, 32), (90, 66), colour, 10)
    pen.box((26, 40), (74, 58), shade(colour, 1.3), 8)


def tube(pen: Pen, colour: Colour) -> None:
    pen.shape((14, 34), (74, 40), (74, 62), (14, 68), colour=colour)
    pen.box((10, 32), (18, 70), shade(colour, 0.7), 1)
    pen.box((74, 42), (88, 60), DARK, 3)
    pen.line((28, 51), (60, 51), colour=WHITE, width=5)
