"""Words that people here build passwords of, without spaces and diacritics; our own list, beside zxcvbn's of the world."""

from __future__ import annotations

COMMON_WORDS: tuple[str, ...] = tuple("""
    matkhau matkhaumoi matkhaucu makhau passvip khongbiet khongco khongnho khongquen quenmatkhau dangnhap taikhoan
    anhyeuem emyeuanh yeuem yeuanh anhnhoem emnhoanh anhyeuemnhieu iuem iuanh toiyeuem toiyeuban yeunhieu yeumai
    maiyeu maimai mailayeuem mottinhyeu tinhyeu tinhban hanhphuc giadinh conyeu conyeume conyeubome bome bomeyeu
    meyeu boyeu congai contrai vochong voyeu chongyeu ongba anhem chiem banbe banthan
    toiyeuvietnam vietnam vietnamvodich viet nam hanoi hanoimuathu saigon hochiminh thanhpho danang haiphong cantho
    hue nhatrang dalat vungtau quangninh halong nghean thanhhoa namdinh thaibinh binhduong dongnai
    congnghe khoahoc sangiaodich giaodich sangiaodichcongnghe chuyengiao doimoi sangtao vienkhoahoc daihoc bachkhoa
    congty nhanvien giamdoc ketoan vanphong quantri quantrivien admin administrator root user test demo welcome
    xinchao chaoban camon tambiet trongdong hoasen hoamai hoadao muaxuan muathu muadong mattroi bautroi
    nguyen nguyenvan nguyenthi tran tranvan tranthi levan lethi phamvan phamthi hoangvan hoangthi vuvan vuthi
    dangvan dovan dothi buivan buithi ngovan duongvan lyvan anh tuan hung dung minh linh trang huong thao hoa lan
    thang hai nam long quan son tung duc hieu phuong hanh nga mai ngoc thuy yen
    bongda manchester realmadrid liverpool barcelona chelsea arsenal congphuong quanghai lienminh lienquan freefire
""".split())
