package vietqr

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"image/png"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"rsc.io/qr/coding"
)

const sample = "00020101021238540010A00000072701240006970436011010175956000208QRIBFTTA530370454061800005802VN62230819thanh toan don hang630470FA"

// rows draws c as text, one line per row.
func rows(c *Code) string {
	var b strings.Builder
	for y := range c.Size {
		for x := range c.Size {
			b.WriteByte(map[bool]byte{true: '#', false: '.'}[c.Black(x, y)])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// The picture with this sum was read back with jsQR 1.4.0, an independent decoder.
func TestMatrixIsTheOneThatWasRead(t *testing.T) {
	c, err := Matrix(sample)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(rows(c)))
	if got := hex.EncodeToString(sum[:8]); got != "cd0acfc688b14e78" {
		t.Errorf("picture %s:\n%s", got, rows(c))
	}
	for y, line := range []string{"#######.", "#.....#.", "#.###.#.", "#.###.#.", "#.###.#.", "#.....#.", "#######.", "........"} {
		if got := strings.SplitN(rows(c), "\n", c.Size)[y][:8]; got != line {
			t.Errorf("finder pattern, row %d: %s", y, got)
		}
	}
}

func TestMaskHasTheLowestPenalty(t *testing.T) {
	c, err := Matrix(sample)
	if err != nil {
		t.Fatal(err)
	}
	version := coding.Version((c.Size - 17) / 4)
	same := false
	for mask := range coding.Mask(8) {
		p, err := coding.NewPlan(version, coding.M, mask)
		if err != nil {
			t.Fatal(err)
		}
		d, err := p.Encode(coding.String(sample))
		if err != nil {
			t.Fatal(err)
		}
		other := &Code{Size: d.Size, bitmap: d.Bitmap, stride: d.Stride}
		if other.penalty() < c.penalty() {
			t.Errorf("mask %d has penalty %d, chosen one %d", mask, other.penalty(), c.penalty())
		}
		same = same || rows(other) == rows(c)
	}
	if !same {
		t.Error("the picture is none of the eight, or not of level M")
	}
}

func TestPenalty(t *testing.T) {
	for _, c := range []struct {
		line string
		want int
	}{
		{"#.#.#.#.#.#", 0}, {"#####.#.#.#", 3}, {".......#.#.", 5}, {"....#.###.#", 40}, {"#.###.#....", 40}, {"#.###.#...#", 0},
	} {
		if got := runs(len(c.line), func(i int) bool { return c.line[i] == '#' }); got != c.want {
			t.Errorf("runs(%s) = %d, want %d", c.line, got, c.want)
		}
	}
}

func TestLevelAndLimits(t *testing.T) {
	for _, c := range []struct {
		length, size int
	}{
		{213, 57}, // the most that version 10 holds at level M
		{214, 53}, // level L from here: version 9 is enough
		{2953, 177},
	} {
		m, err := Matrix(strings.Repeat("a", c.length))
		if err != nil || m.Size != c.size {
			t.Errorf("%d bytes give %+v, %v; want %d modules", c.length, m, err, c.size)
		}
	}
	for _, s := range []string{"", strings.Repeat("a", 2954)} {
		if _, err := Matrix(s); err == nil {
			t.Errorf("%d bytes are drawn", len(s))
		}
		if _, err := SVG(s, SVGOptions{}); err == nil {
			t.Errorf("%d bytes are drawn", len(s))
		}
	}
	for _, scale := range []int{0, -1, 65} {
		if _, err := PNG(sample, scale); err == nil {
			t.Errorf("scale %d", scale)
		}
	}
}

// paint runs the strokes of an SVG and returns its modules, quiet zone included.
func paint(t *testing.T, svg string) [][]bool {
	t.Helper()
	box := regexp.MustCompile(`viewBox="0 0 (\d+) (\d+)"`).FindStringSubmatch(svg)
	path := regexp.MustCompile(`<path stroke="#000" d="([^"]*)"/>`).FindStringSubmatch(svg)
	if box == nil || box[1] != box[2] || path == nil {
		t.Fatalf("form of %.200s", svg)
	}
	n, _ := strconv.Atoi(box[1])
	grid := make([][]bool, n)
	for i := range grid {
		grid[i] = make([]bool, n)
	}
	x, y := 0, 0
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)\.5|m(\d+) 0|h(\d+)`).FindAllStringSubmatch(path[1], -1) {
		num := func(i int) int { n, _ := strconv.Atoi(m[i]); return n }
		switch m[0][0] {
		case 'M':
			x, y = num(1), num(2)
		case 'm':
			x += num(3)
		case 'h':
			for range num(4) {
				grid[y][x] = true
				x++
			}
		}
	}
	return grid
}

func TestSVGShowsTheMatrix(t *testing.T) {
	for _, text := range []string{sample, "A", strings.Repeat("x", 200)} {
		c, err := Matrix(text)
		if err != nil {
			t.Fatal(err)
		}
		for y, row := range paint(t, c.SVG(SVGOptions{})) {
			for x, dark := range row {
				if dark != c.Black(x-QuietZone, y-QuietZone) {
					t.Fatalf("%.20s: module %d,%d", text, x, y)
				}
			}
		}
	}
}

func TestSVGElement(t *testing.T) {
	svg, err := SVG(sample, SVGOptions{Label: `Mã "QR" <180.000 ₫> & 'TRƯỜNG A'`, Size: 220, Class: `qr"x`})
	if err != nil {
		t.Fatal(err)
	}
	if len(svg) >= 6000 {
		t.Errorf("%d bytes, want below 6,000", len(svg))
	}
	var e struct {
		XMLName xml.Name
		Role    string     `xml:"role,attr"`
		Label   string     `xml:"aria-label,attr"`
		Width   string     `xml:"width,attr"`
		Height  string     `xml:"height,attr"`
		Class   string     `xml:"class,attr"`
		Paths   []struct{} `xml:"path"`
	}
	if err := xml.Unmarshal([]byte(svg), &e); err != nil {
		t.Fatal(err)
	}
	if e.XMLName.Space != "http://www.w3.org/2000/svg" || e.Role != "img" || e.Label != `Mã "QR" <180.000 ₫> & 'TRƯỜNG A'` ||
		e.Width != "220" || e.Height != "220" || e.Class != `qr"x` || len(e.Paths) != 2 {
		t.Errorf("got %+v", e)
	}
	if regexp.MustCompile(`(?i)style|script|href|url\(`).MatchString(svg) {
		t.Error("the picture needs more than a strict policy allows")
	}
	plain, err := SVG(sample, SVGOptions{})
	if err != nil || strings.Contains(plain, "role=") || !strings.Contains(plain, `aria-hidden="true"`) || strings.Contains(plain, "width=") {
		t.Errorf("without options: %.150s, %v", plain, err)
	}
}

func TestPNGShowsTheMatrix(t *testing.T) {
	const scale = 3
	file, err := PNG(sample, scale)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	c, err := Matrix(sample)
	if err != nil {
		t.Fatal(err)
	}
	side := (c.Size + 2*QuietZone) * scale
	if b := img.Bounds(); b.Dx() != side || b.Dy() != side {
		t.Fatalf("bounds %v, want %d", b, side)
	}
	for y := range side {
		for x := range side {
			r, _, _, _ := img.At(x, y).RGBA()
			if (r < 0x8000) != c.Black(x/scale-QuietZone, y/scale-QuietZone) {
				t.Fatalf("pixel %d,%d", x, y)
			}
		}
	}
}

func TestMatrixIsSafeForConcurrentUse(t *testing.T) {
	want, err := Matrix(sample)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if c, err := Matrix(sample); err != nil || rows(c) != rows(want) {
				t.Error("another picture")
			}
			if _, err := Matrix(fmt.Sprint(sample, i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func BenchmarkSVG(b *testing.B) {
	for b.Loop() {
		if _, err := SVG(sample, SVGOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for b.Loop() {
		if _, err := Decode(sample); err != nil {
			b.Fatal(err)
		}
	}
}
