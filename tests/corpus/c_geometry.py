"""Table C: geometry."""

from corpus import Right, Table, city

TABLE = Table()


@TABLE("C24", "the toy city itself", Right())
def _(folder):
    return city(folder)
