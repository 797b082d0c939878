#!/bin/sh
# Makes the test videos: H.264, yuv420p, 24 fps, moov in front, one per aspect ratio, duration
# and watermark. Needs Debian's ffmpeg and fonts-dejavu-core. Run it anywhere: sh make.sh
set -eu
cd "$(dirname "$0")"

for size in 16x9:1280x720 9x16:720x1280 1x1:720x720; do
	for seconds in 5 10; do
		for kind in plain watermark; do
			ratio=${size%%:*}
			words=""
			if [ "$kind" = watermark ]; then
				words=",drawtext=text='KIRIN SANDBOX':fontsize=56:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=18:x=(w-tw)/2:y=h-th-60"
			fi
			# A test card with a count of the seconds, and a square that crosses it.
			ffmpeg -hide_banner -loglevel error -y \
				-f lavfi -i "testsrc=size=${size#*:}:rate=24:duration=$seconds" \
				-f lavfi -i "color=orange:size=96x96:rate=24:duration=$seconds" \
				-filter_complex "[0][1]overlay=x='mod(t*240,W)':y='H/2+H/4*sin(t*3)':shortest=1$words" \
				-c:v libx264 -preset veryslow -crf 34 -pix_fmt yuv420p -g 240 \
				-map_metadata -1 -fflags +bitexact -flags:v +bitexact -movflags +faststart \
				"$ratio-${seconds}s-$kind.mp4"
		done
	done
done
