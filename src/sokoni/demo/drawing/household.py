"""What stands in a house, and on a desk."""

from sokoni.demo.drawing.pen import DARK, METAL, WHITE, WOOD, Colour, Pen, shade


def brush(pen: Pen, colour: Colour) -> None:
    pen.line((20, 86), (76, 22), colour=colour, width=9)
    for step in range(4):
        x, y = 58 + step * 6, 44 - step * 7
        pen.line((x, y), (x - 10, y - 9), colour=shade(colour, 1.5), width=5)


def roll(pen: Pen, colour: Colour) -> None:
    pen.box((30, 24), (86, 82), (236, 238, 242), 4)
    pen.oval((14, 24), (46, 82), WHITE)
    pen.oval((24, 42), (36, 64), shade(colour, 0.9))
    pen.box((86, 60), (90, 90), (236, 238, 242))


def broom(pen: Pen, colour: Colour) -> None:
    pen.line((50, 6), (50, 56), colour=WOOD, width=6)
    pen.shape((38, 54), (62, 54), (78, 92), (22, 92), colour=colour)
    for x in (38, 50, 62):
        pen.line((50 + (x - 50) * 0.5, 62), (x, 90), colour=shade(colour, 0.75), width=2)


def bucket(pen: Pen, colour: Colour) -> None:
    pen.arc((18, 8), (82, 72), (180, 360), METAL)
    pen.shape((16, 38), (84, 38), (74, 92), (26, 92), colour=colour)
    pen.box((12, 34), (88, 44), shade(colour, 0.8), 4)


def mug(pen: Pen, colour: Colour) -> None:
    pen.arc((58, 36), (92, 72), (270, 90), colour, 7)
    pen.box((18, 24), (72, 86), colour, 9)
    pen.oval((18, 18), (72, 34), shade(colour, 0.7))


def pot(pen: Pen, colour: Colour) -> None:
    pen.box((4, 44), (96, 54), DARK, 5)
    pen.box((16, 36), (84, 84), colour, 8)
    pen.box((12, 28), (88, 38), shade(colour, 0.8), 5)
    pen.oval((44, 16), (56, 28), DARK)


def plate(pen: Pen, colour: Colour) -> None:
    pen.oval((8, 16), (92, 88), shade(colour, 0.85))
    pen.oval((12, 16), (88, 82), colour)
    pen.oval((26, 28), (74, 70), shade(colour, 1.25))


def cutlery(pen: Pen, colour: Colour) -> None:
    pen.oval((22, 8), (46, 42), METAL)
    pen.line((34, 40), (34, 90), colour=METAL, width=7)
    pen.shape((62, 8), (76, 24), (76, 50), (62, 50), colour=METAL)
    pen.line((68, 52), (68, 90), colour=colour, width=9)


def flame(pen: Pen, colour: Colour) -> None:
    pen.shape((50, 8), (64, 32), (50, 44), (36, 32), colour=(246, 178, 60))
    pen.oval((36, 18), (64, 46), (246, 178, 60))
    pen.line((50, 44), (50, 54), colour=DARK, width=3)
    pen.box((38, 52), (62, 94), colour, 3)


def cloth(pen: Pen, colour: Colour) -> None:
    pen.box((14, 62), (86, 84), shade(colour, 0.8), 8)
    pen.box((14, 42), (86, 66), colour, 8)
    pen.box((14, 22), (86, 46), shade(colour, 1.2), 8)


def baby(pen: Pen, colour: Colour) -> None:
    pen.oval((42, 4), (58, 22), WOOD)
    pen.box((34, 18), (66, 32), shade(colour, 0.8), 4)
    pen.box((30, 30), (70, 94), shade(colour, 1.35), 12)
    for y in (48, 60, 72):
        pen.line((52, y), (64, y), colour=colour, width=3)


def book(pen: Pen, colour: Colour) -> None:
    pen.box((22, 14), (84, 90), WHITE, 3, shade(colour, 0.7))
    pen.box((18, 10), (78, 86), colour, 3)
    pen.box((18, 10), (28, 86), shade(colour, 0.75), 3)
    pen.box((38, 24), (70, 42), WHITE, 2)


def paper(pen: Pen, colour: Colour) -> None:
    pen.box((28, 10), (84, 80), shade(colour, 1.35), 2)
    pen.box((18, 20), (74, 90), WHITE, 2, shade(colour, 0.8))
    for y in (36, 48, 60, 72):
        pen.line((28, y), (64, y), colour=shade(colour, 1.3), width=2)


def writing(pen: Pen, colour: Colour) -> None:
    pen.line((74, 20), (34, 72), colour=colour, width=13)
    pen.line((80, 12), (76, 18), colour=shade(colour, 0.7), width=13)
    pen.shape((27, 66), (41, 76), (20, 90), colour=(232, 202, 160))
    pen.shape((22, 82), (26, 85), (20, 90), colour=DARK)


def tool(pen: Pen, colour: Colour) -> None:
    pen.line((26, 14), (62, 62), colour=METAL, width=7)
    pen.line((74, 14), (38, 62), colour=METAL, width=7)
    pen.arc((16, 58), (44, 90), (0, 360), colour, 7)
    pen.arc((56, 58), (84, 90), (0, 360), colour, 7)


def calculator(pen: Pen, colour: Colour) -> None:
    pen.box((24, 8), (76, 94), colour, 7)
    pen.box((31, 16), (69, 34), (206, 224, 206), 2)
    for x in (32, 45, 58):
        for y in (44, 58, 72):
            pen.box((x, y), (x + 9, y + 9), shade(colour, 1.5), 2)


def satchel(pen: Pen, colour: Colour) -> None:
    pen.arc((34, 4), (66, 40), (180, 360), shade(colour, 0.7), 6)
    pen.box((18, 20), (82, 92), colour, 14)
    pen.box((26, 54), (74, 84), shade(colour, 0.8), 6)
    pen.line((32, 62), (68, 62), colour=METAL, width=3)
