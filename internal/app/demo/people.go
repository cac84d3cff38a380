package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Parts of invented names. Whoever has one of them has it by chance.
var (
	families = strings.Fields("Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Nông Hà Tô Đinh Lưu Mai Cao Lương Tạ")
	middles  = strings.Fields("Văn Thị Minh Ngọc Thanh Gia Bảo Hải Thu Kim Quang Đức Hữu Khánh Phương Tuấn Anh Như Mai Xuân")
	givens   = strings.Fields("An Bình Châu Chi Cường Dung Dũng Duy Đạt Giang Hà Hân Hạnh Hiếu Hoa Hòa Huệ Hưng Hương Khang Khánh Khoa Khôi Lan Lâm Linh Long Ly Mai Minh My Nam Nga Ngân Nghĩa Ngọc Nhi Nhung Phúc Phương Quân Quỳnh Sơn Tâm Thảo Thành Thắng Thủy Tiên Trang Trí Trinh Trúc Tú Uyên Vân Vinh Vy Yến")
)

// person is a pupil, student or patient with who pays for them.
type person struct {
	name, code, class, payer, phone string
	birth                           int
}

func name(r *rand.Rand, family string) string {
	return family + " " + middles[r.IntN(len(middles))] + " " + givens[r.IntN(len(givens))]
}

// roster invents n people of a facility, spread over its classes.
func roster(r *rand.Rand, prefix string, classes []string, birth, n int) []person {
	list := make([]person, n)
	for i := range list {
		family := families[r.IntN(len(families))]
		class := ""
		if len(classes) > 0 {
			class = classes[i*len(classes)/n]
		}
		list[i] = person{
			name: name(r, family), payer: name(r, family), class: class, birth: birth - r.IntN(5),
			code: fmt.Sprintf("%s%05d", prefix, i+1), phone: fmt.Sprintf("09000%05d", r.IntN(100_000)),
		}
	}
	return list
}
