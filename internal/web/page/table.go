package page

// Table is rows that are compared, in a region that scrolls sideways by itself. Template "table".
type Table struct {
	Caption string // read out; also the name of the scrolling region
	Columns []Column
	Rows    []Row
	Foot    []any // the last row, bold; as many as Columns, nil for empty
	Slips   bool  // on phones each row becomes a slip
	Still   bool  // rows are not links: no hover
	Bare    bool  // inside a sheet: no frame of its own
}

// Column is a column head. Number columns stand right in tabular digits.
type Column struct {
	Head   string
	Number bool
	Tight  bool // never broken over two lines
	Long   bool // on a slip, below its label instead of beside it
}

// Row is one row; the first cell is its name.
type Row struct {
	Cells   []any
	Current bool
}

// Wall is classes by paid share, four steps of colour, numbers always printed. Template "wall".
type Wall struct {
	Caption string
	Corner  string   // name of the rows: "Khối"
	Heads   []string // of the cells
	SumHead string   // "Cả khối"
	Rows    []WallRow
}

// WallRow is one row of a Wall.
type WallRow struct {
	Name  string
	Cells []WallCell
	Sum   WallCell
}

// WallCell is Paid of Total; a Total of zero is an empty cell.
type WallCell struct {
	Name        string // "Lớp 1A", for screen readers
	Href        string
	Paid, Total int64
}

// Step is the colour step: 1 below 70 %, 2 below 85 %, 3 below 95 %, 4 from 95 %.
func (c WallCell) Step() int {
	p := permille(c.Paid, max(c.Total, 1))
	switch {
	case p < 700:
		return 1
	case p < 850:
		return 2
	case p < 950:
		return 3
	}
	return 4
}

// Share is the rounded-down share in whole per cent, so that 100 % means all.
func (c WallCell) Share() int64 {
	if c.Total == 0 {
		return 0
	}
	return c.Paid * 100 / c.Total
}
